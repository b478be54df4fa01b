namespace FastTun.Packets;

/// <summary>
/// An IPv4 packet seen through its header (RFC 791 section 3.1). <see cref="TryParse"/> proves all lengths once;
/// afterwards no member can leave the packet, whatever is written into it. Values are in host order. A plain setter
/// writes its field and leaves the checksum to <see cref="UpdateChecksum"/> or <see cref="AdjustChecksum"/>; the
/// methods that replace a field keep the header checksum right themselves. A view is for one thread.
/// </summary>
public readonly ref struct Ipv4Header
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinLength = 20;

    /// <summary>Bytes of the longest header.</summary>
    public const int MaxLength = 60;

    internal const int FragmentOffsetOffset = 6, ProtocolOffset = 9, SourceOffset = 12, DestinationOffset = 16;
    private const int TypeOfServiceOffset = 1, TotalLengthOffset = 2, IdentificationOffset = 4;
    private const int TimeToLiveOffset = 8, ChecksumOffset = 10;
    private const ushort DontFragmentBit = 0x4000, MoreFragmentsBit = 0x2000, FragmentOffsetMask = 0x1FFF;

    private readonly Span<byte> _packet;
    private readonly int _headerLength;

    private Ipv4Header(Span<byte> packet, int headerLength)
    {
        _packet = packet;
        _headerLength = headerLength;
    }

    /// <summary>Looks at a packet as IPv4. The checksum is not verified.</summary>
    /// <param name="packet">The packet; bytes behind its total length are ignored.</param>
    /// <param name="header">The view, when the answer is true.</param>
    /// <returns>Whether the version is 4 and all lengths agree.</returns>
    public static bool TryParse(Span<byte> packet, out Ipv4Header header)
    {
        if (Validate(packet, out int headerLength, out int totalLength) != ParseError.None)
        {
            header = default;
            return false;
        }

        header = new Ipv4Header(packet[..totalLength], headerLength);
        return true;
    }

    /// <summary>All checks of <see cref="TryParse"/>, with their reason.</summary>
    internal static ParseError Validate(ReadOnlySpan<byte> packet, out int headerLength, out int totalLength)
    {
        headerLength = totalLength = 0;
        if (packet.Length < MinLength)
            return packet.IsEmpty ? ParseError.Empty : ParseError.TooShort;

        byte first = NetworkOrder.ReadByte(packet, 0);
        if (first >> 4 != 4)
            return ParseError.BadVersion;

        headerLength = (first & 0x0F) * 4;
        if (headerLength < MinLength || headerLength > packet.Length)
            return ParseError.BadHeaderLength;

        totalLength = NetworkOrder.ReadUInt16(packet, TotalLengthOffset);
        return totalLength < headerLength || totalLength > packet.Length ? ParseError.BadTotalLength : ParseError.None;
    }

    /// <summary>The packet, header and payload, without what may lie behind its total length.</summary>
    public Span<byte> Packet => _packet;

    /// <summary>Bytes of the header with its options, 20..60, as parsed.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>The option bytes, 0..40.</summary>
    public Span<byte> Options => _packet[MinLength.._headerLength];

    /// <summary>What the packet carries.</summary>
    public Span<byte> Payload => _packet[_headerLength..];

    /// <summary>Differentiated services and ECN, the whole byte (RFC 2474, RFC 3168).</summary>
    public byte TypeOfService
    {
        get => NetworkOrder.ReadByte(_packet, TypeOfServiceOffset);
        set => NetworkOrder.WriteByte(_packet, TypeOfServiceOffset, value);
    }

    /// <summary>
    /// Bytes of header and payload. Setting it writes the field; the view keeps the length it was parsed with.
    /// </summary>
    public ushort TotalLength
    {
        get => NetworkOrder.ReadUInt16(_packet, TotalLengthOffset);
        set => NetworkOrder.WriteUInt16(_packet, TotalLengthOffset, value);
    }

    /// <summary>What fragments of one datagram have in common.</summary>
    public ushort Identification
    {
        get => NetworkOrder.ReadUInt16(_packet, IdentificationOffset);
        set => NetworkOrder.WriteUInt16(_packet, IdentificationOffset, value);
    }

    /// <summary>Whether routers must not fragment the packet (DF).</summary>
    public bool DontFragment
    {
        get => (FlagsAndOffset & DontFragmentBit) != 0;
        set => FlagsAndOffset = (ushort)(value ? FlagsAndOffset | DontFragmentBit : FlagsAndOffset & ~DontFragmentBit);
    }

    /// <summary>Whether more of the datagram follows in other packets (MF).</summary>
    public bool MoreFragments
    {
        get => (FlagsAndOffset & MoreFragmentsBit) != 0;
        set => FlagsAndOffset = (ushort)(value ? FlagsAndOffset | MoreFragmentsBit : FlagsAndOffset & ~MoreFragmentsBit);
    }

    /// <summary>Where this packet's payload lies in its datagram, in bytes: a multiple of 8, 0..65528.</summary>
    public int FragmentOffset
    {
        get => (FlagsAndOffset & FragmentOffsetMask) * 8;
        set => FlagsAndOffset = (ushort)((FlagsAndOffset & ~FragmentOffsetMask) | ((value / 8) & FragmentOffsetMask));
    }

    /// <summary>Which part of a datagram this is.</summary>
    public FragmentKind Fragment => FragmentOf(FlagsAndOffset);

    /// <summary>How many more routers the packet may pass.</summary>
    public byte TimeToLive
    {
        get => NetworkOrder.ReadByte(_packet, TimeToLiveOffset);
        set => NetworkOrder.WriteByte(_packet, TimeToLiveOffset, value);
    }

    /// <summary>What the payload is.</summary>
    public IpProtocol Protocol
    {
        get => (IpProtocol)NetworkOrder.ReadByte(_packet, ProtocolOffset);
        set => NetworkOrder.WriteByte(_packet, ProtocolOffset, (byte)value);
    }

    /// <summary>The header's checksum.</summary>
    public ushort Checksum
    {
        get => NetworkOrder.ReadUInt16(_packet, ChecksumOffset);
        set => NetworkOrder.WriteUInt16(_packet, ChecksumOffset, value);
    }

    /// <summary>The sender's address: 192.0.2.1 is 0xC0000201.</summary>
    public uint Source
    {
        get => NetworkOrder.ReadUInt32(_packet, SourceOffset);
        set => NetworkOrder.WriteUInt32(_packet, SourceOffset, value);
    }

    /// <summary>The receiver's address: 192.0.2.1 is 0xC0000201.</summary>
    public uint Destination
    {
        get => NetworkOrder.ReadUInt32(_packet, DestinationOffset);
        set => NetworkOrder.WriteUInt32(_packet, DestinationOffset, value);
    }

    /// <summary>Whether the header's checksum is correct.</summary>
    public bool VerifyChecksum() => InternetChecksum.Verify(_packet[.._headerLength]);

    /// <summary>Computes and writes the header's checksum.</summary>
    public void UpdateChecksum()
    {
        Checksum = 0;
        Checksum = InternetChecksum.Compute(_packet[.._headerLength]);
    }

    /// <summary>Brings the header's checksum up to date with fields that were changed through plain setters.</summary>
    /// <param name="delta">How those fields changed.</param>
    public void AdjustChecksum(ChecksumDelta delta) => Checksum = delta.ApplyTo(Checksum);

    /// <summary>Takes one hop from the packet's life and keeps the checksum right (RFC 1812 section 5.3.1).</summary>
    /// <returns>False, with nothing changed, if the packet may not be forwarded: its time to live is 0 or 1.</returns>
    public bool DecrementTimeToLive()
    {
        byte timeToLive = TimeToLive;
        if (timeToLive <= 1)
            return false;
        TimeToLive = (byte)(timeToLive - 1);

        // The field is the upper half of its 16-bit word; the lower half, the protocol, stays and cancels out.
        AdjustChecksum(ChecksumDelta.Of(0x0100, 0x0000));
        return true;
    }

    /// <summary>Replaces the type of service byte and keeps the checksum right.</summary>
    /// <param name="value">Differentiated services and ECN.</param>
    public void ReplaceTypeOfService(byte value)
    {
        ChecksumDelta delta = ChecksumDelta.Of((ushort)TypeOfService, value);
        TypeOfService = value;
        AdjustChecksum(delta);
    }

    /// <summary>Replaces the source address and keeps the header's checksum right.</summary>
    /// <param name="address">The new address, host order.</param>
    /// <returns>The change, for the upper-layer checksum, whose pseudo-header covers the address.</returns>
    public ChecksumDelta ReplaceSource(uint address)
    {
        ChecksumDelta delta = ChecksumDelta.Of(Source, address);
        Source = address;
        AdjustChecksum(delta);
        return delta;
    }

    /// <summary>Replaces the destination address and keeps the header's checksum right.</summary>
    /// <inheritdoc cref="ReplaceSource"/>
    public ChecksumDelta ReplaceDestination(uint address)
    {
        ChecksumDelta delta = ChecksumDelta.Of(Destination, address);
        Destination = address;
        AdjustChecksum(delta);
        return delta;
    }

    /// <summary>The sum of the pseudo-header that TCP's and UDP's checksums cover.</summary>
    /// <param name="length">Bytes of upper-layer header and data: the TCP segment's, or UDP's own length field.</param>
    public ushort SumPseudoHeader(int length) => InternetChecksum.SumPseudoHeader(Source, Destination, Protocol, length);

    internal static FragmentKind FragmentOf(ushort flagsAndOffset) =>
        (flagsAndOffset & FragmentOffsetMask) != 0 ? FragmentKind.Later
        : (flagsAndOffset & MoreFragmentsBit) != 0 ? FragmentKind.First : FragmentKind.None;

    private ushort FlagsAndOffset
    {
        get => NetworkOrder.ReadUInt16(_packet, FragmentOffsetOffset);
        set => NetworkOrder.WriteUInt16(_packet, FragmentOffsetOffset, value);
    }
}
