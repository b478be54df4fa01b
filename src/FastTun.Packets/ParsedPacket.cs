namespace FastTun.Packets;

/// <summary>
/// What <see cref="PacketParser"/> finds in a packet. Offsets and lengths are in bytes and proven to lie within it.
/// </summary>
public readonly struct ParsedPacket
{
    /// <summary>Where the IP header begins: 0, or behind an Ethernet header.</summary>
    public int L3Offset { get; init; }

    /// <summary>
    /// Where the IP payload begins, extension headers skipped; at most <see cref="End"/>. It is an upper-layer header,
    /// of which nothing is proven, unless <see cref="Fragment"/> is <see cref="FragmentKind.Later"/>.
    /// </summary>
    public int L4Offset { get; init; }

    /// <summary>Bytes of IP header and payload.</summary>
    public int TotalLength { get; init; }

    /// <summary>
    /// A hash of the flow (see <see cref="Packets.FlowHash"/>): equal for both directions and for all fragments of a
    /// datagram.
    /// </summary>
    public uint FlowHash { get; init; }

    /// <summary>4 or 6.</summary>
    public byte Version { get; init; }

    /// <summary>What lies at <see cref="L4Offset"/>.</summary>
    public IpProtocol Protocol { get; init; }

    /// <summary>Which part of a datagram this is.</summary>
    public FragmentKind Fragment { get; init; }

    /// <summary>
    /// Whether two 16-bit ports, source then destination, lie at <see cref="L4Offset"/>: the protocol has them, they
    /// are there, and this is no later fragment.
    /// </summary>
    public bool HasPorts { get; init; }

    /// <summary>Where the packet ends; what lies behind is padding.</summary>
    public int End => L3Offset + TotalLength;

    /// <summary>Bytes of the IP payload.</summary>
    public int L4Length => End - L4Offset;
}
