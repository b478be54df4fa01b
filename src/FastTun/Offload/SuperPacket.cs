using System.Buffers.Binary;
using FastTun.Packets;

namespace FastTun.Offload;

/// <summary>
/// Makes a packet's headers those of a super-packet, and back: the reverse of what the kernel does to each segment.
/// </summary>
internal static class SuperPacket
{
    /// <summary>
    /// Gives a packet's headers another length, and its L4 checksum field the sum of the pseudo-header. The IPv4
    /// header's checksum must be right, and stays so.
    /// </summary>
    /// <param name="packet">The packet from its IP header on: no options, no extension headers.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="length">The new length in bytes from the IP header on, at most 65535.</param>
    /// <param name="endingFlags">TCP's PSH and FIN of the last segment.</param>
    public static void Resize(Span<byte> packet, IpProtocol protocol, int length, byte endingFlags)
    {
        int l4Offset = packet[0] >> 4 == 4 ? Ipv4Header.MinLength : Ipv6Header.FixedLength;
        Span<byte> l4 = packet[l4Offset..];
        int l4Length = length - l4Offset;
        if (l4Offset == Ipv4Header.MinLength)
            ResizeIpv4(packet, (ushort)length);
        else
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)l4Length);

        ushort sum = PseudoHeader.Sum(packet[..l4Offset], protocol, l4Length);
        if (protocol == IpProtocol.Tcp)
        {
            ref byte flags = ref l4[JoinCandidate.TcpFlagsOffset];
            flags = (byte)((flags & ~JoinCandidate.EndingFlags) | endingFlags);
            BinaryPrimitives.WriteUInt16BigEndian(l4[TcpHeader.ChecksumOffset..], sum);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(l4[4..], (ushort)l4Length);
            BinaryPrimitives.WriteUInt16BigEndian(l4[UdpHeader.ChecksumOffset..], sum);
        }
    }

    private static void ResizeIpv4(Span<byte> header, ushort length)
    {
        Span<byte> lengthField = header[2..4], checksumField = header[10..12];
        var delta = ChecksumDelta.Of(BinaryPrimitives.ReadUInt16BigEndian(lengthField), length);
        BinaryPrimitives.WriteUInt16BigEndian(lengthField, length);
        BinaryPrimitives.WriteUInt16BigEndian(
            checksumField, delta.ApplyTo(BinaryPrimitives.ReadUInt16BigEndian(checksumField)));
    }
}
