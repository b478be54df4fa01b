namespace FastTun.Offload;

/// <summary>
/// Packets of one flow and one batch that leave in one write, as one super-packet: the first whole, of the others the
/// payload. Most often it is a single packet.
/// </summary>
internal struct PacketGroup
{
    /// <summary>The descriptor of the first packet, whose headers are the group's.</summary>
    public byte First;

    /// <summary>The descriptor of the last; <see cref="Coalescer.Next"/> leads there.</summary>
    public byte Last;

    /// <summary>How many packets, 1 to 64.</summary>
    public byte Count;

    /// <summary>Bytes of the headers of each packet, link layer to L4; 0 of a packet that nothing can join.</summary>
    public ushort HeaderLength;

    /// <summary>Bytes of the first packet and the others' payload, link-layer header included.</summary>
    public int Length;

    /// <summary>What it is as a super-packet.</summary>
    internal GsoKind Kind;

    /// <summary>TCP's PSH and FIN of the last packet.</summary>
    internal byte EndingFlags;

    /// <summary>Where the L4 header begins, which its checksum covers.</summary>
    internal ushort L4Offset;

    /// <summary>Bytes of payload in each packet but the last.</summary>
    internal ushort SegmentSize;

    /// <summary>The TCP sequence number that must come next.</summary>
    internal uint NextSequence;

    /// <summary>Whether the first packet's checksums have been found right.</summary>
    internal bool IsVerified;

    /// <summary>What IPv4 identifications do from packet to packet, once there are two.</summary>
    internal Identification Identification;
}

/// <summary>What IPv4 identifications do within a group.</summary>
internal enum Identification : byte
{
    /// <summary>One packet only, or IPv6.</summary>
    Undecided,

    /// <summary>They count up, as the kernel's segments do.</summary>
    Incrementing,

    /// <summary>
    /// They stay, and none may be fragmented, so that they mean nothing (atomic datagrams, RFC 6864 section 4.1).
    /// </summary>
    Fixed,
}
