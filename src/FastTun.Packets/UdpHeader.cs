namespace FastTun.Packets;

/// <summary>
/// A UDP datagram seen through its header (RFC 768). <see cref="TryParse"/> proves all lengths once; afterwards no
/// member can leave the datagram, whatever is written into it. Values are in host order. A plain setter writes its
/// field and leaves the checksum alone; the methods that replace a field keep a complete checksum right, and "none"
/// none. A view is for one thread.
/// </summary>
public readonly ref struct UdpHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 8;

    /// <summary>Where the checksum field lies; virtio-net's csum_offset of UDP.</summary>
    public const int ChecksumOffset = 6;

    private const int DestinationPortOffset = 2, LengthOffset = 4;

    private readonly Span<byte> _datagram;

    private UdpHeader(Span<byte> datagram) => _datagram = datagram;

    /// <summary>Looks at an IP payload as a UDP datagram. The checksum is not verified.</summary>
    /// <param name="payload">
    /// The IP packet's payload; bytes behind the UDP length are ignored (RFC 9868 puts options there).
    /// </param>
    /// <param name="header">The view, when the answer is true.</param>
    /// <returns>Whether the length field covers the header and lies within the payload.</returns>
    public static bool TryParse(Span<byte> payload, out UdpHeader header)
    {
        header = default;
        if (payload.Length < HeaderLength)
            return false;
        int length = NetworkOrder.ReadUInt16(payload, LengthOffset);
        if (length < HeaderLength || length > payload.Length)
            return false;
        header = new UdpHeader(payload[..length]);
        return true;
    }

    /// <summary>The data.</summary>
    public Span<byte> Payload => _datagram[HeaderLength..];

    /// <summary>The sender's port.</summary>
    public ushort SourcePort
    {
        get => NetworkOrder.ReadUInt16(_datagram, 0);
        set => NetworkOrder.WriteUInt16(_datagram, 0, value);
    }

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort
    {
        get => NetworkOrder.ReadUInt16(_datagram, DestinationPortOffset);
        set => NetworkOrder.WriteUInt16(_datagram, DestinationPortOffset, value);
    }

    /// <summary>
    /// Bytes of header and data. Setting it writes the field; the view keeps the length it was parsed with.
    /// </summary>
    public ushort Length
    {
        get => NetworkOrder.ReadUInt16(_datagram, LengthOffset);
        set => NetworkOrder.WriteUInt16(_datagram, LengthOffset, value);
    }

    /// <summary>
    /// The checksum, 0 for none; of a packet marked NEEDS_CSUM: the un-complemented sum of its pseudo-header.
    /// </summary>
    public ushort Checksum
    {
        get => NetworkOrder.ReadUInt16(_datagram, ChecksumOffset);
        set => NetworkOrder.WriteUInt16(_datagram, ChecksumOffset, value);
    }

    /// <summary>Whether the sender computed a checksum. Over IPv6 it must have (RFC 8200 section 8.1).</summary>
    public bool HasChecksum => Checksum != 0;

    /// <summary>Whether the checksum is correct, or there is none.</summary>
    /// <param name="pseudoHeader">The IP header's <c>SumPseudoHeader(Length)</c>.</param>
    public bool VerifyChecksum(ushort pseudoHeader) => !HasChecksum || InternetChecksum.Verify(_datagram, pseudoHeader);

    /// <summary>Computes and writes the complete checksum; 0 is written as 0xFFFF, since 0 means none.</summary>
    /// <param name="pseudoHeader">The IP header's <c>SumPseudoHeader(Length)</c>.</param>
    public void UpdateChecksum(ushort pseudoHeader)
    {
        Checksum = 0;
        ushort computed = InternetChecksum.Compute(_datagram, pseudoHeader);
        Checksum = computed == 0 ? (ushort)0xFFFF : computed;
    }

    /// <summary>Brings a complete checksum, if there is one, up to date with changed fields.</summary>
    /// <param name="delta">How fields of this header, or of the pseudo-header, changed.</param>
    public void AdjustChecksum(ChecksumDelta delta) => Checksum = delta.ApplyToUdp(Checksum);

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
