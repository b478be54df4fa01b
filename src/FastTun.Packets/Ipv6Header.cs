namespace FastTun.Packets;

/// <summary>
/// An IPv6 packet seen through its header (RFC 8200 section 3), extension headers walked. <see cref="TryParse"/> proves
/// all lengths once; afterwards no member can leave the packet, whatever is written into it. Values are in host order.
/// There is no header checksum; what replaces an address returns the change for the upper layer's. A view is for one
/// thread.
/// </summary>
/// <remarks>Jumbograms (RFC 2675) are not understood: a TUN device carries no packet over 65,535 bytes.</remarks>
public readonly ref struct Ipv6Header
{
    /// <summary>Bytes of the fixed header.</summary>
    public const int FixedLength = 40;

    internal const int NextHeaderOffset = 6, SourceOffset = 8, DestinationOffset = 24;
    private const int PayloadLengthOffset = 4, HopLimitOffset = 7;

    private readonly Span<byte> _packet;
    private readonly Ipv6ExtensionHeaders _extensions;

    private Ipv6Header(Span<byte> packet, Ipv6ExtensionHeaders extensions)
    {
        _packet = packet;
        _extensions = extensions;
    }

    /// <summary>Looks at a packet as IPv6.</summary>
    /// <param name="packet">The packet; bytes behind its payload length are ignored.</param>
    /// <param name="header">The view, when the answer is true.</param>
    /// <returns>Whether the version is 6, all lengths agree, and the extension headers end within the packet.</returns>
    public static bool TryParse(Span<byte> packet, out Ipv6Header header)
    {
        if (Validate(packet, out int totalLength, out Ipv6ExtensionHeaders extensions) != ParseError.None)
        {
            header = default;
            return false;
        }

        header = new Ipv6Header(packet[..totalLength], extensions);
        return true;
    }

    /// <summary>All checks of <see cref="TryParse"/>, with their reason.</summary>
    internal static ParseError Validate(ReadOnlySpan<byte> packet, out int totalLength, out Ipv6ExtensionHeaders extensions)
    {
        extensions = default;
        totalLength = 0;
        if (packet.Length < FixedLength)
            return packet.IsEmpty ? ParseError.Empty : ParseError.TooShort;
        if (NetworkOrder.ReadByte(packet, 0) >> 4 != 6)
            return ParseError.BadVersion;

        totalLength = FixedLength + NetworkOrder.ReadUInt16(packet, PayloadLengthOffset);
        if (totalLength > packet.Length)
            return ParseError.BadTotalLength;
        return Ipv6ExtensionHeaders.TryWalk(packet[..totalLength], out extensions)
            ? ParseError.None
            : ParseError.ExtensionHeaderChain;
    }

    /// <summary>The packet, headers and payload, without what may lie behind its length.</summary>
    public Span<byte> Packet => _packet;

    /// <summary>Bytes of the fixed header and all extension headers, as parsed: 40 and up.</summary>
    public int HeaderLength => _extensions.End;

    /// <summary>The extension headers' bytes.</summary>
    public Span<byte> ExtensionHeaders => _packet[FixedLength.._extensions.End];

    /// <summary>What the packet carries behind all extension headers.</summary>
    public Span<byte> Payload => _packet[_extensions.End..];

    /// <summary>
    /// What <see cref="Payload"/> is, as parsed; of a later fragment: what its fragment header names.
    /// </summary>
    public IpProtocol Protocol => _extensions.Protocol;

    /// <summary>Which part of a datagram this is, as parsed.</summary>
    public FragmentKind Fragment => _extensions.Fragment;

    /// <summary>Where this packet's payload lies in its datagram, in bytes, as parsed: a multiple of 8.</summary>
    public int FragmentOffset => _extensions.FragmentOffset;

    /// <summary>Whether more of the datagram follows in other packets (M), as parsed.</summary>
    public bool MoreFragments => _extensions.MoreFragments;

    /// <summary>Differentiated services and ECN, the whole byte (RFC 2474, RFC 3168).</summary>
    public byte TrafficClass
    {
        get => (byte)(FirstWord >> 20);
        set => FirstWord = (FirstWord & 0xF00F_FFFF) | ((uint)value << 20);
    }

    /// <summary>
    /// What packets of one flow have in common (RFC 6437): 20 bits; higher ones are ignored when set.
    /// </summary>
    public uint FlowLabel
    {
        get => FirstWord & 0xF_FFFF;
        set => FirstWord = (FirstWord & 0xFFF0_0000) | (value & 0xF_FFFF);
    }

    /// <summary>
    /// Bytes behind the fixed header. Setting it writes the field; the view keeps the length it was parsed with.
    /// </summary>
    public ushort PayloadLength
    {
        get => NetworkOrder.ReadUInt16(_packet, PayloadLengthOffset);
        set => NetworkOrder.WriteUInt16(_packet, PayloadLengthOffset, value);
    }

    /// <summary>What follows the fixed header: an extension header, or the upper layer.</summary>
    public IpProtocol NextHeader
    {
        get => (IpProtocol)NetworkOrder.ReadByte(_packet, NextHeaderOffset);
        set => NetworkOrder.WriteByte(_packet, NextHeaderOffset, (byte)value);
    }

    /// <summary>How many more routers the packet may pass.</summary>
    public byte HopLimit
    {
        get => NetworkOrder.ReadByte(_packet, HopLimitOffset);
        set => NetworkOrder.WriteByte(_packet, HopLimitOffset, value);
    }

    /// <summary>The sender's address.</summary>
    public UInt128 Source
    {
        get => NetworkOrder.ReadUInt128(_packet, SourceOffset);
        set => NetworkOrder.WriteUInt128(_packet, SourceOffset, value);
    }

    /// <summary>The receiver's address.</summary>
    public UInt128 Destination
    {
        get => NetworkOrder.ReadUInt128(_packet, DestinationOffset);
        set => NetworkOrder.WriteUInt128(_packet, DestinationOffset, value);
    }

    /// <summary>Takes one hop from the packet's life (RFC 8200 section 3).</summary>
    /// <returns>False, with nothing changed, if the packet may not be forwarded: its hop limit is 0 or 1.</returns>
    public bool DecrementHopLimit()
    {
        byte hopLimit = HopLimit;
        if (hopLimit <= 1)
            return false;
        HopLimit = (byte)(hopLimit - 1);
        return true;
    }

    /// <summary>Replaces the source address.</summary>
    /// <param name="address">The new address, host order.</param>
    /// <returns>The change, for the upper-layer checksum, whose pseudo-header covers the address.</returns>
    public ChecksumDelta ReplaceSource(UInt128 address)
    {
        ChecksumDelta delta = ChecksumDelta.Of(Source, address);
        Source = address;
        return delta;
    }

    /// <summary>Replaces the destination address.</summary>
    /// <inheritdoc cref="ReplaceSource"/>
    public ChecksumDelta ReplaceDestination(UInt128 address)
    {
        ChecksumDelta delta = ChecksumDelta.Of(Destination, address);
        Destination = address;
        return delta;
    }

    /// <summary>
    /// The sum of the pseudo-header that TCP's, UDP's and ICMPv6's checksums cover (RFC 8200 section 8.1).
    /// </summary>
    /// <param name="length">Bytes of upper-layer header and data: the TCP segment's, or UDP's own length field.</param>
    /// <remarks>
    /// With a routing header that still has segments left, the pseudo-header has the last segment's address, not the
    /// destination field's; this sum is then not the sender's.
    /// </remarks>
    public ushort SumPseudoHeader(int length) => InternetChecksum.SumPseudoHeader(Source, Destination, Protocol, length);

    // Version, traffic class and flow label.
    private uint FirstWord
    {
        get => NetworkOrder.ReadUInt32(_packet, 0);
        set => NetworkOrder.WriteUInt32(_packet, 0, value);
    }
}
