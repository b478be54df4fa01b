namespace FastTun.Packets;

/// <summary>
/// An Ethernet frame, without its check sequence, seen through its header (IEEE 802.3), up to two VLAN tags skipped.
/// <see cref="TryParse"/> proves all lengths once; afterwards no member can leave the frame, whatever is written into
/// it. A view is for one thread.
/// </summary>
public readonly ref struct EthernetHeader
{
    /// <summary>Bytes of a header without tags.</summary>
    public const int MinLength = 14;

    /// <summary>Bytes of a hardware address.</summary>
    public const int AddressLength = 6;

    /// <summary>Bytes of a header with two VLAN tags; further tags count as payload.</summary>
    public const int MaxLength = 22;

    private const int TypeOffset = 12, TagLength = 4;

    private readonly Span<byte> _frame;
    private readonly int _headerLength;

    private EthernetHeader(Span<byte> frame, int headerLength)
    {
        _frame = frame;
        _headerLength = headerLength;
    }

    /// <summary>Looks at bytes as an Ethernet frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="header">The view, when the answer is true.</param>
    /// <returns>Whether addresses, type and VLAN tags lie within the frame.</returns>
    public static bool TryParse(Span<byte> frame, out EthernetHeader header)
    {
        header = TryMeasure(frame, out int headerLength) ? new EthernetHeader(frame, headerLength) : default;
        return headerLength != 0;
    }

    /// <summary>Bytes of the header with its tags: 14, 18 or 22, as parsed.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>The receiver's address, six bytes, writable.</summary>
    public Span<byte> Destination => _frame[..AddressLength];

    /// <summary>The sender's address, six bytes, writable.</summary>
    public Span<byte> Source => _frame[AddressLength..TypeOffset];

    /// <summary>What the payload is, behind all tags. Values up to 1500 are lengths (IEEE 802.3), not types.</summary>
    public EtherType Type
    {
        get => (EtherType)NetworkOrder.ReadUInt16(_frame, _headerLength - 2);
        set => NetworkOrder.WriteUInt16(_frame, _headerLength - 2, (ushort)value);
    }

    /// <summary>The outer tag's VLAN, 0..4095, or -1 if there is no tag.</summary>
    public int VlanId => _headerLength == MinLength ? -1 : NetworkOrder.ReadUInt16(_frame, MinLength) & 0x0FFF;

    /// <summary>What the frame carries, with any padding.</summary>
    public Span<byte> Payload => _frame[_headerLength..];

    /// <summary>Exchanges sender and receiver.</summary>
    public void SwapAddresses()
    {
        Span<byte> destination = stackalloc byte[AddressLength];
        Destination.CopyTo(destination);
        Source.CopyTo(Destination);
        destination.CopyTo(Source);
    }

    /// <summary>Finds the end of addresses, tags and type; false, and 0, if that is beyond the frame's end.</summary>
    internal static bool TryMeasure(ReadOnlySpan<byte> frame, out int headerLength)
    {
        for (headerLength = MinLength; headerLength <= frame.Length; headerLength += TagLength)
        {
            EtherType type = (EtherType)NetworkOrder.ReadUInt16(frame, headerLength - 2);
            if (headerLength == MaxLength || type is not (EtherType.Vlan or EtherType.ServiceVlan))
                return true;
        }

        headerLength = 0;
        return false;
    }
}
