using System.Buffers.Binary;
using FastTun.Packets;

namespace FastTun.Stages;

/// <summary>
/// The checksums that cover a pseudo-header of addresses, found by protocol: they change with the addresses. The payload may be
/// a datagram's first fragment; its lengths are therefore not held against it. A partial checksum is the pseudo-header's sum.
/// </summary>
internal static class TransportChecksum
{
    /// <summary>Brings the checksum up to date with a change of addresses.</summary>
    /// <returns>False if the protocol has such a checksum but the payload ends before it.</returns>
    public static bool TryAdjust(IpProtocol protocol, Span<byte> payload, ChecksumDelta delta, bool isPartial)
    {
        int offset = protocol switch
        {
            IpProtocol.Tcp => TcpHeader.ChecksumOffset,
            IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Dccp => UdpHeader.ChecksumOffset,
            IpProtocol.Icmpv6 => 2,
            _ => -1,
        };
        if (offset < 0)
            return true;
        if (payload.Length < offset + sizeof(ushort))
            return false;

        Span<byte> field = payload[offset..];
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(field);
        BinaryPrimitives.WriteUInt16BigEndian(field, isPartial ? delta.ApplyToPartial(checksum)
            : protocol == IpProtocol.Udp ? delta.ApplyToUdp(checksum)
            : delta.ApplyTo(checksum));
        return true;
    }
}
