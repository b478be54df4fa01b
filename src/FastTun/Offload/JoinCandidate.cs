using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FastTun.Batching;
using FastTun.Linux.Tun;
using FastTun.Packets;

namespace FastTun.Offload;

/// <summary>
/// A packet as the <see cref="Coalescer"/> looks at it: which flow it belongs to, and whether it is of a kind that the
/// kernel's own GRO joins (inet_gro_receive, ipv6_gro_receive, tcp_gro_receive, udp_gro_receive). Its headers decide;
/// checksums are looked at only when there is something to join.
/// </summary>
internal readonly ref partial struct JoinCandidate
{
    /// <summary>Where TCP's flags lie: the lower eight, without AE.</summary>
    public const int TcpFlagsOffset = 13;

    /// <summary>PSH and FIN: only the last segment that is cut from a super-packet carries them.</summary>
    public const byte EndingFlags = (byte)(TcpFlags.Psh | TcpFlags.Fin);

    private const byte FlagsThatMatter = (byte)(TcpFlags.Ack | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Urg | TcpFlags.Cwr);

    private readonly ReadOnlySpan<byte> _link;
    private readonly ReadOnlySpan<byte> _network;
    private readonly bool _isPartial;

    /// <summary>Looks at a packet.</summary>
    /// <param name="packet">Its bytes, link-layer header included.</param>
    /// <param name="descriptor">Its descriptor.</param>
    public JoinCandidate(ReadOnlySpan<byte> packet, in PacketDescriptor descriptor)
    {
        if (descriptor.NetworkOffset == PacketDescriptor.None || descriptor.NetworkOffset >= packet.Length)
            return;
        _link = packet[..descriptor.NetworkOffset];
        _network = packet[descriptor.NetworkOffset..];
        bool isIpv6 = _network[0] >> 4 == 6;
        Role = isIpv6 ? InspectIpv6(_network) : InspectIpv4(_network);
        if (Role != FlowRole.Alone)
            return;

        L4Offset = isIpv6 ? Ipv6Header.FixedLength : Ipv4Header.MinLength;
        Protocol = (IpProtocol)_network[isIpv6 ? 6 : 9];
        Hash = HashFlow();
        int partialStart = descriptor.Offload.ChecksumStart;
        _isPartial = partialStart == _link.Length + L4Offset;
        if (descriptor.Offload.IsSuperPacket || (partialStart != 0 && !_isPartial))
            return;
        L4HeaderLength = Protocol == IpProtocol.Tcp ? JoinableTcpHeader() : JoinableUdpHeader();
        if (L4HeaderLength != 0 && PayloadLength > 0)
            Role = FlowRole.Joinable;
    }

    /// <summary>What it means to flows.</summary>
    public FlowRole Role { get; }

    /// <summary>The flow's hash, of a packet that belongs to one.</summary>
    public uint Hash { get; }

    /// <summary>TCP or UDP, of a packet that belongs to a flow.</summary>
    public IpProtocol Protocol { get; }

    /// <summary>Bytes of the IP header, 20 or 40.</summary>
    public int L4Offset { get; }

    /// <summary>Bytes of the TCP or UDP header, of a packet that may be joined.</summary>
    public int L4HeaderLength { get; }

    /// <summary>Bytes of all headers, link layer to L4.</summary>
    public int HeaderLength => _link.Length + L4Offset + L4HeaderLength;

    /// <summary>Bytes of data behind all headers.</summary>
    public int PayloadLength => _network.Length - L4Offset - L4HeaderLength;

    /// <summary>PSH and FIN, as far as they are set.</summary>
    public byte Ending => Protocol == IpProtocol.Tcp ? (byte)(L4[TcpFlagsOffset] & EndingFlags) : (byte)0;

    /// <summary>TCP's sequence number.</summary>
    public uint SequenceNumber => BinaryPrimitives.ReadUInt32BigEndian(L4[4..]);

    /// <summary>How super-packets of its kind are to be cut.</summary>
    public GsoKind Kind => Protocol == IpProtocol.Udp ? GsoKind.Udp
        : L4Offset == Ipv4Header.MinLength ? GsoKind.Tcp4 : GsoKind.Tcp6;

    /// <summary>What a device must take for such packets to leave as one.</summary>
    public TunOffloads Joined => (Protocol == IpProtocol.Udp, L4Offset == Ipv4Header.MinLength) switch
    {
        (false, true) => TunOffloads.Tcp4,
        (false, false) => TunOffloads.Tcp6,
        (true, true) => TunOffloads.Udp4,
        (true, false) => TunOffloads.Udp6,
    };

    private ReadOnlySpan<byte> L4 => _network[L4Offset..];

    private static FlowRole InspectIpv4(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ipv4Header.MinLength || packet[0] >> 4 != 4)
            return FlowRole.AnyFlow;
        if ((IpProtocol)packet[9] is not (IpProtocol.Tcp or IpProtocol.Udp))
            return FlowRole.Unrelated;

        // No options; of flags and fragment offset nothing set but DF; both ports there; nothing behind the packet's
        // end.
        const int dontFragment = 0x4000;
        return packet[0] == 0x45 && packet.Length >= Ipv4Header.MinLength + UdpHeader.HeaderLength
            && BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) == packet.Length
            && (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & ~dontFragment) == 0
            ? FlowRole.Alone
            : FlowRole.AnyFlow;
    }

    private static FlowRole InspectIpv6(ReadOnlySpan<byte> packet)
    {
        const int headers = Ipv6Header.FixedLength;
        return packet.Length < headers + UdpHeader.HeaderLength ? FlowRole.AnyFlow : (IpProtocol)packet[6] switch
        {
            IpProtocol.Tcp or IpProtocol.Udp
                when headers + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) == packet.Length => FlowRole.Alone,
            IpProtocol.Icmpv6 or IpProtocol.Esp or IpProtocol.Gre or IpProtocol.Ipv4 or IpProtocol.Ipv6 =>
                FlowRole.Unrelated,
            _ => FlowRole.AnyFlow,
        };
    }

    /// <summary>
    /// Bytes of the TCP header; 0 if the segment must pass alone, as one that does more than carry data must.
    /// </summary>
    private int JoinableTcpHeader()
    {
        ReadOnlySpan<byte> segment = L4;
        if (segment.Length < TcpHeader.MinLength || (segment[TcpFlagsOffset] & FlagsThatMatter) != (byte)TcpFlags.Ack)
            return 0;
        int length = (segment[12] >> 4) * 4;
        return length >= TcpHeader.MinLength && length <= segment.Length ? length : 0;
    }

    /// <summary>
    /// Bytes of the UDP header; 0 if the datagram must pass alone: cutting a super-packet gives every datagram a
    /// checksum, also one that had none.
    /// </summary>
    private int JoinableUdpHeader()
    {
        ReadOnlySpan<byte> datagram = L4;
        return BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]) == datagram.Length
            && BinaryPrimitives.ReadUInt16BigEndian(datagram[UdpHeader.ChecksumOffset..]) != 0
            ? UdpHeader.HeaderLength
            : 0;
    }

    // Cheap, and good enough for a table of 64 flows that forgets everything with the batch.
    private uint HashFlow()
    {
        const ulong factor = 0x9E37_79B9_7F4A_7C15;
        ulong hash = MemoryMarshal.Read<uint>(L4) + ((ulong)Protocol << 32);
        for (int offset = L4Offset == Ipv4Header.MinLength ? 12 : 8; offset < L4Offset; offset += sizeof(ulong))
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(_network[offset..])) * factor;
            hash ^= hash >> 32;
        }

        return (uint)((hash * factor) >> 32);
    }
}
