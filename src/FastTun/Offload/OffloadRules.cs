using System.Buffers.Binary;
using FastTun.Batching;
using FastTun.Packets;

namespace FastTun.Offload;

/// <summary>
/// Judges what a virtio-net header says about a packet by the packet itself, so that nothing behind has to parse again
/// or can be led astray. What passes, the kernel takes back (virtio_net_hdr_to_skb of linux/virtio_net.h); what
/// contradicts the packet is refused, and is dropped as <see cref="Batching.DropReason.BadOffload"/>. Stateless.
/// </summary>
internal static class OffloadRules
{
    /// <summary>
    /// The longest headers of a super-packet: link layer with two tags 22, IPv6 40, TCP 60, and room for extension
    /// headers. Nothing that can be cut has more, and a segment's headers always fit a small buffer.
    /// </summary>
    public const int MaxHeaderLength = 256;

    /// <summary>How many datagrams may be in one super-packet (UDP_MAX_SEGMENTS; 64 before Linux 6.9).</summary>
    public const int MaxDatagrams = 128;

    /// <summary>Means something else to the kernel (GSO_BY_FRAGS), which refuses it.</summary>
    private const ushort ReservedSegmentSize = ushort.MaxValue;

    /// <summary>Classifies all packets of a batch by the headers before them, and drops those that contradict theirs.</summary>
    /// <param name="batch">A batch from a port with virtio-net headers, its network headers located.</param>
    public static void Classify(PacketBatch batch)
    {
        foreach (ref PacketDescriptor descriptor in batch.Descriptors)
        {
            var header = VirtioNetHeader.Read(batch.Memory.AsSpan(descriptor.Offset - VirtioNetHeader.Size));
            if (header.IsPlain)
                continue;
            ReadOnlySpan<byte> packet = batch.Memory.AsSpan(descriptor.Offset, descriptor.Length);
            if (descriptor.NetworkOffset != PacketDescriptor.None
                && TryClassify(header, packet, descriptor.NetworkOffset, out descriptor.Offload))
                batch.HasUnfinished = true;
            else
                descriptor.Drop = DropReason.BadOffload;
        }
    }

    /// <summary>Classifies a packet.</summary>
    /// <param name="header">What was read before it.</param>
    /// <param name="packet">The packet, link-layer header included.</param>
    /// <param name="networkOffset">Where its IP header begins.</param>
    /// <param name="offload">What is left undone; one segment is no super-packet.</param>
    /// <returns>False if header and packet contradict each other, or the kernel would not take it back.</returns>
    public static bool TryClassify(
        in VirtioNetHeader header, ReadOnlySpan<byte> packet, int networkOffset, out PacketOffload offload)
    {
        offload = default;
        if (header.IsPlain)
            return true;

        // A super-packet's checksum is always partial: a complete one could not be right for its segments.
        if ((header.Flags & ~VirtioNetHeader.DataValid) != VirtioNetHeader.NeedsChecksum || networkOffset > packet.Length)
            return false;
        if (PacketParser.Parse(packet[networkOffset..], out ParsedPacket parsed) != ParseError.None
            || parsed.Fragment != FragmentKind.None
            || !IsChecksumPlausible(header, packet.Length, networkOffset, parsed))
            return false;

        if (header.GsoType != 0 && !TryMeasure(header, packet, networkOffset, parsed, out offload))
            return false;
        offload.ChecksumStart = header.ChecksumStart;
        offload.ChecksumOffset = (byte)header.ChecksumOffset;
        return true;
    }

    // It may lie behind the outermost L4 header, in a packet that was put into a tunnel, but not before it.
    private static bool IsChecksumPlausible(
        in VirtioNetHeader header, int length, int networkOffset, in ParsedPacket parsed)
    {
        int start = header.ChecksumStart, offset = header.ChecksumOffset, l4Offset = networkOffset + parsed.L4Offset;
        if (start < l4Offset || offset > byte.MaxValue || start + offset + sizeof(ushort) > length)
            return false;
        return start != l4Offset || parsed.Protocol switch
        {
            IpProtocol.Tcp => offset == TcpHeader.ChecksumOffset,
            IpProtocol.Udp => offset == UdpHeader.ChecksumOffset,
            _ => true,
        };
    }

    private static bool TryMeasure(
        in VirtioNetHeader header,
        ReadOnlySpan<byte> packet,
        int networkOffset,
        in ParsedPacket parsed,
        out PacketOffload offload)
    {
        offload = default;
        int l4Offset = networkOffset + parsed.L4Offset;
        int headerLength = l4Offset + L4HeaderLength(header, packet[l4Offset..], parsed);
        if (headerLength == l4Offset || headerLength > MaxHeaderLength || header.HeaderLength > packet.Length)
            return false;
        if (header.ChecksumStart != l4Offset || networkOffset + parsed.TotalLength != packet.Length)
            return false;

        int size = header.GsoSize, payload = packet.Length - headerLength;
        if (size is 0 or ReservedSegmentSize || payload == 0)
            return false;
        if (parsed.Protocol == IpProtocol.Udp && payload > size * MaxDatagrams)
            return false;

        // The kernel refuses to cut what is one segment (tcp_gso_segment, __udp_gso_segment: EINVAL).
        if (payload > size)
        {
            offload.GsoType = header.GsoType;
            offload.SegmentSize = header.GsoSize;
            offload.HeaderLength = (ushort)headerLength;
        }

        return true;
    }

    /// <summary>Bytes of the L4 header; 0 if it is not of the kind that is to be cut, or not all there.</summary>
    private static int L4HeaderLength(in VirtioNetHeader header, ReadOnlySpan<byte> l4, in ParsedPacket parsed)
    {
        switch ((GsoKind)(header.GsoType & ~VirtioNetHeader.Ecn))
        {
            case GsoKind.Tcp4 when parsed is { Version: 4, Protocol: IpProtocol.Tcp }:
            case GsoKind.Tcp6 when parsed is { Version: 6, Protocol: IpProtocol.Tcp }:
                int length = l4.Length < TcpHeader.MinLength ? 0 : (l4[12] >> 4) * 4;
                return length >= TcpHeader.MinLength && length <= l4.Length ? length : 0;

            case GsoKind.Udp when parsed.Protocol == IpProtocol.Udp && header.GsoType == (byte)GsoKind.Udp:
                return l4.Length >= UdpHeader.HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(l4[4..]) == l4.Length
                    ? UdpHeader.HeaderLength
                    : 0;

            default:
                return 0;
        }
    }
}
