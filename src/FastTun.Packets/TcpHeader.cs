namespace FastTun.Packets;

/// <summary>
/// A TCP segment seen through its header (RFC 9293 section 3.1). <see cref="TryParse"/> proves all lengths once;
/// afterwards no member can leave the segment, whatever is written into it. Values are in host order. A plain setter
/// writes its field and leaves the checksum alone; the methods that replace a field keep a complete checksum right. A
/// view is for one thread.
/// </summary>
public readonly ref struct TcpHeader
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinLength = 20;

    /// <summary>Where the checksum field lies; virtio-net's csum_offset of TCP.</summary>
    public const int ChecksumOffset = 16;

    private const int DestinationPortOffset = 2, SequenceOffset = 4, AcknowledgmentOffset = 8, FlagsOffset = 12;
    private const int WindowOffset = 14, UrgentPointerOffset = 18;
    private const ushort FlagsMask = 0x01FF;

    private readonly Span<byte> _segment;
    private readonly int _headerLength;

    private TcpHeader(Span<byte> segment, int headerLength)
    {
        _segment = segment;
        _headerLength = headerLength;
    }

    /// <summary>Looks at an IP payload as a TCP segment. The checksum is not verified.</summary>
    /// <param name="segment">The IP packet's payload, whole.</param>
    /// <param name="header">The view, when the answer is true.</param>
    /// <returns>Whether the header, by its own data offset, lies within the segment.</returns>
    public static bool TryParse(Span<byte> segment, out TcpHeader header)
    {
        header = default;
        if (segment.Length < MinLength)
            return false;
        int headerLength = (NetworkOrder.ReadByte(segment, FlagsOffset) >> 4) * 4;
        if (headerLength < MinLength || headerLength > segment.Length)
            return false;
        header = new TcpHeader(segment, headerLength);
        return true;
    }

    /// <summary>Bytes of header and data.</summary>
    public int Length => _segment.Length;

    /// <summary>Bytes of the header with its options, 20..60, as parsed.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>The option bytes, 0..40.</summary>
    public Span<byte> Options => _segment[MinLength.._headerLength];

    /// <summary>The data.</summary>
    public Span<byte> Payload => _segment[_headerLength..];

    /// <summary>The sender's port.</summary>
    public ushort SourcePort
    {
        get => NetworkOrder.ReadUInt16(_segment, 0);
        set => NetworkOrder.WriteUInt16(_segment, 0, value);
    }

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort
    {
        get => NetworkOrder.ReadUInt16(_segment, DestinationPortOffset);
        set => NetworkOrder.WriteUInt16(_segment, DestinationPortOffset, value);
    }

    /// <summary>The number of the first data byte, or of the SYN.</summary>
    public uint SequenceNumber
    {
        get => NetworkOrder.ReadUInt32(_segment, SequenceOffset);
        set => NetworkOrder.WriteUInt32(_segment, SequenceOffset, value);
    }

    /// <summary>The next number that the sender expects to receive.</summary>
    public uint AcknowledgmentNumber
    {
        get => NetworkOrder.ReadUInt32(_segment, AcknowledgmentOffset);
        set => NetworkOrder.WriteUInt32(_segment, AcknowledgmentOffset, value);
    }

    /// <summary>The control bits.</summary>
    public TcpFlags Flags
    {
        get => (TcpFlags)(NetworkOrder.ReadUInt16(_segment, FlagsOffset) & FlagsMask);
        set
        {
            int others = NetworkOrder.ReadUInt16(_segment, FlagsOffset) & ~FlagsMask;
            NetworkOrder.WriteUInt16(_segment, FlagsOffset, (ushort)(others | ((ushort)value & FlagsMask)));
        }
    }

    /// <summary>The receive window, unscaled.</summary>
    public ushort Window
    {
        get => NetworkOrder.ReadUInt16(_segment, WindowOffset);
        set => NetworkOrder.WriteUInt16(_segment, WindowOffset, value);
    }

    /// <summary>The checksum; of a packet marked NEEDS_CSUM: the un-complemented sum of its pseudo-header.</summary>
    public ushort Checksum
    {
        get => NetworkOrder.ReadUInt16(_segment, ChecksumOffset);
        set => NetworkOrder.WriteUInt16(_segment, ChecksumOffset, value);
    }

    /// <summary>Where urgent data ends, from the sequence number.</summary>
    public ushort UrgentPointer
    {
        get => NetworkOrder.ReadUInt16(_segment, UrgentPointerOffset);
        set => NetworkOrder.WriteUInt16(_segment, UrgentPointerOffset, value);
    }

    /// <summary>Whether the checksum is correct.</summary>
    /// <param name="pseudoHeader">The IP header's <c>SumPseudoHeader(Length)</c>.</param>
    public bool VerifyChecksum(ushort pseudoHeader) => InternetChecksum.Verify(_segment, pseudoHeader);

    /// <summary>Computes and writes the complete checksum.</summary>
    /// <param name="pseudoHeader">The IP header's <c>SumPseudoHeader(Length)</c>.</param>
    public void UpdateChecksum(ushort pseudoHeader)
    {
        Checksum = 0;
        Checksum = InternetChecksum.Compute(_segment, pseudoHeader);
    }

    /// <summary>Brings a complete checksum up to date with changed fields.</summary>
    /// <param name="delta">How fields of this header, or of the pseudo-header, changed.</param>
    public void AdjustChecksum(ChecksumDelta delta) => Checksum = delta.ApplyTo(Checksum);

    /// <summary>Brings the pseudo-header sum of a packet marked NEEDS_CSUM up to date.</summary>
    /// <param name="delta">How the addresses changed; the ports are not in this sum.</param>
    public void AdjustPartialChecksum(ChecksumDelta delta) => Checksum = delta.ApplyToPartial(Checksum);

    /// <summary>Replaces the source port and keeps a complete checksum right.</summary>
    /// <param name="port">The new port.</param>
    public void ReplaceSourcePort(ushort port)
    {
        AdjustChecksum(ChecksumDelta.Of(SourcePort, port));
        SourcePort = port;
    }

    /// <summary>Replaces the destination port and keeps a complete checksum right.</summary>
    /// <param name="port">The new port.</param>
    public void ReplaceDestinationPort(ushort port)
    {
        AdjustChecksum(ChecksumDelta.Of(DestinationPort, port));
        DestinationPort = port;
    }
}
