using FastTun.Linux.Tun;

namespace FastTun.Offload;

/// <summary>
/// What is left undone in a packet, proven against the packet itself (<see cref="OffloadRules"/>): its checksum, its
/// cutting into segments. Eight bytes of every descriptor; the default value is a finished packet. Offsets count from
/// the packet's first byte, link-layer header included. Who changes the length of headers must move them along.
/// </summary>
internal struct PacketOffload
{
    /// <summary>A <see cref="GsoKind"/>, perhaps with <see cref="VirtioNetHeader.Ecn"/>.</summary>
    public byte GsoType;

    /// <summary>Where the partial checksum lies, from <see cref="ChecksumStart"/>.</summary>
    public byte ChecksumOffset;

    /// <summary>
    /// Where the bytes that the partial checksum covers begin: of a super-packet, its L4 header. 0: none is partial.
    /// </summary>
    public ushort ChecksumStart;

    /// <summary>Bytes of payload in each segment but the last; 0 for what is not a super-packet.</summary>
    public ushort SegmentSize;

    /// <summary>Bytes of all headers of a super-packet, L4's included; 0 for what is not one.</summary>
    public ushort HeaderLength;

    /// <summary>How it is to be cut.</summary>
    public readonly GsoKind Kind => (GsoKind)(GsoType & ~VirtioNetHeader.Ecn);

    /// <summary>Whether it is more than one packet.</summary>
    public readonly bool IsSuperPacket => GsoType != 0;

    /// <summary>
    /// Whether a checksum field holds the un-complemented sum of the pseudo-header. That of the outermost L4 header,
    /// unless <see cref="ChecksumStart"/> lies behind it, as it does for a packet that was put into a tunnel.
    /// </summary>
    public readonly bool HasPartialChecksum => ChecksumStart != 0;

    /// <summary>What a device must take for the packet to be written as it is.</summary>
    /// <param name="ipHeader">The first byte of its IP header, if it is a super-packet.</param>
    public readonly TunOffloads Needed(byte ipHeader)
    {
        TunOffloads needed = HasPartialChecksum ? TunOffloads.Checksum : TunOffloads.None;
        if ((GsoType & VirtioNetHeader.Ecn) != 0)
            needed |= TunOffloads.TcpEcn;
        return Kind switch
        {
            GsoKind.Tcp4 => needed | TunOffloads.Tcp4,
            GsoKind.Tcp6 => needed | TunOffloads.Tcp6,
            GsoKind.Udp => needed | (ipHeader >> 4 == 6 ? TunOffloads.Udp6 : TunOffloads.Udp4),
            _ => needed,
        };
    }

    /// <summary>How many packets it becomes.</summary>
    /// <param name="length">The packet's length in bytes.</param>
    public readonly int SegmentCount(int length) =>
        IsSuperPacket ? (length - HeaderLength + SegmentSize - 1) / SegmentSize : 1;

    /// <summary>Bytes of the longest packet that it becomes: what an MTU is held against.</summary>
    /// <param name="length">The packet's length in bytes.</param>
    public readonly int LongestPacket(int length) =>
        IsSuperPacket ? Math.Min(length, HeaderLength + SegmentSize) : length;
}
