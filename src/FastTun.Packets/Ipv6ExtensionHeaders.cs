namespace FastTun.Packets;

/// <summary>
/// The walk along IPv6 extension headers to what a packet really carries (RFC 8200 section 4). It ends at the first
/// header that is not an extension, at ESP (what follows is encrypted), or behind a later fragment's fragment header.
/// </summary>
internal readonly struct Ipv6ExtensionHeaders
{
    /// <summary>
    /// No sensible packet has more: RFC 8200 section 4.1 recommends each at most once, destination options twice. The
    /// bound keeps a hostile packet from costing a walk over thousands of 8-byte headers.
    /// </summary>
    public const int MaxCount = 8;

    private const int FragmentLength = 8;
    private const ulong ExtensionsBelow64 =
        (1UL << (int)IpProtocol.HopByHopOptions) | (1UL << (int)IpProtocol.Routing) |
        (1UL << (int)IpProtocol.Fragment) | (1UL << (int)IpProtocol.AuthenticationHeader) |
        (1UL << (int)IpProtocol.DestinationOptions);

    // The fragment header's offset and M flag (RFC 8200 section 4.5), zero without one.
    private readonly ushort _fragmentWord;

    private Ipv6ExtensionHeaders(IpProtocol protocol, int end, ushort fragmentWord)
    {
        Protocol = protocol;
        End = end;
        _fragmentWord = fragmentWord;
    }

    /// <summary>The upper-layer protocol; of a later fragment: what its fragment header names.</summary>
    public IpProtocol Protocol { get; }

    /// <summary>Where the upper layer begins, in bytes from the packet's start; at most the packet's length.</summary>
    public int End { get; }

    /// <summary>Where the payload lies in its datagram, in bytes.</summary>
    public int FragmentOffset => _fragmentWord & ~7;

    /// <summary>The fragment header's M flag.</summary>
    public bool MoreFragments => (_fragmentWord & 1) != 0;

    /// <summary>Which part of a datagram the packet carries.</summary>
    public FragmentKind Fragment =>
        FragmentOffset != 0 ? FragmentKind.Later : MoreFragments ? FragmentKind.First : FragmentKind.None;

    /// <summary>Walks the chain.</summary>
    /// <param name="packet">The packet, at least its fixed header, cut to its own length.</param>
    /// <param name="headers">What was found, when the answer is true.</param>
    /// <returns>False if a header runs past the end, or there are too many.</returns>
    public static bool TryWalk(ReadOnlySpan<byte> packet, out Ipv6ExtensionHeaders headers)
    {
        IpProtocol protocol = (IpProtocol)NetworkOrder.ReadByte(packet, Ipv6Header.NextHeaderOffset);
        if (!IsExtension(protocol))
        {
            headers = new Ipv6ExtensionHeaders(protocol, Ipv6Header.FixedLength, 0);
            return true;
        }

        return TryWalkChain(packet, protocol, out headers);
    }

    private static bool TryWalkChain(ReadOnlySpan<byte> packet, IpProtocol protocol, out Ipv6ExtensionHeaders headers)
    {
        int offset = Ipv6Header.FixedLength;
        ushort fragmentWord = 0;
        headers = default;
        for (int count = 0; IsExtension(protocol) && (fragmentWord & ~7) == 0; count++)
        {
            if (count == MaxCount || packet.Length - offset < 8)
                return false;

            int length = LengthOf(protocol, NetworkOrder.ReadByte(packet, offset + 1));
            if (length > packet.Length - offset)
                return false;

            if (protocol == IpProtocol.Fragment)
                fragmentWord = NetworkOrder.ReadUInt16(packet, offset + 2);
            protocol = (IpProtocol)NetworkOrder.ReadByte(packet, offset);
            offset += length;
        }

        headers = new Ipv6ExtensionHeaders(protocol, offset, fragmentWord);
        return true;
    }

    private static bool IsExtension(IpProtocol protocol) => (byte)protocol < 64
        ? ((ExtensionsBelow64 >> (byte)protocol) & 1) != 0
        : protocol is IpProtocol.Mobility or IpProtocol.Hip or IpProtocol.Shim6;

    // All count 8-byte units beyond the first, but the authentication header: 4-byte units less two (RFC 4302 section 2.2).
    private static int LengthOf(IpProtocol protocol, byte lengthField) => protocol switch
    {
        IpProtocol.Fragment => FragmentLength,
        IpProtocol.AuthenticationHeader => (lengthField + 2) * 4,
        _ => (lengthField + 1) * 8,
    };
}
