namespace FastTun.Packets;

/// <summary>
/// An ICMP message for IPv4 seen through its header (RFC 792). <see cref="TryParse"/> proves the length once;
/// afterwards no member can leave the message. Values are in host order. Plain setters leave the checksum alone. A view
/// is for one thread.
/// </summary>
public readonly ref struct IcmpHeader
{
    /// <summary>Bytes of the header: type, code, checksum, and four whose meaning the type decides.</summary>
    public const int HeaderLength = 8;

    private const int CodeOffset = 1, ChecksumOffset = 2, ParameterOffset = 4, SequenceNumberOffset = 6;

    private readonly Span<byte> _message;

    private IcmpHeader(Span<byte> message) => _message = message;

    /// <summary>Looks at an IP payload as an ICMP message. The checksum is not verified.</summary>
    /// <param name="message">The IP packet's payload, whole.</param>
    /// <param name="header">The view, when the answer is true.</param>
    /// <returns>Whether the header lies within the message.</returns>
    public static bool TryParse(Span<byte> message, out IcmpHeader header)
    {
        bool fits = message.Length >= HeaderLength;
        header = fits ? new IcmpHeader(message) : default;
        return fits;
    }

    /// <summary>Bytes of header and data.</summary>
    public int Length => _message.Length;

    /// <summary>What follows the header: echo data, or the start of the packet that an error is about.</summary>
    public Span<byte> Payload => _message[HeaderLength..];

    /// <summary>The kind of message.</summary>
    public IcmpType Type
    {
        get => (IcmpType)NetworkOrder.ReadByte(_message, 0);
        set => NetworkOrder.WriteByte(_message, 0, (byte)value);
    }

    /// <summary>The type's finer distinction.</summary>
    public byte Code
    {
        get => NetworkOrder.ReadByte(_message, CodeOffset);
        set => NetworkOrder.WriteByte(_message, CodeOffset, value);
    }

    /// <summary>The checksum.</summary>
    public ushort Checksum
    {
        get => NetworkOrder.ReadUInt16(_message, ChecksumOffset);
        set => NetworkOrder.WriteUInt16(_message, ChecksumOffset, value);
    }

    /// <summary>The header's last four bytes, whatever they mean.</summary>
    public uint Parameter
    {
        get => NetworkOrder.ReadUInt32(_message, ParameterOffset);
        set => NetworkOrder.WriteUInt32(_message, ParameterOffset, value);
    }

    /// <summary>Of echo messages: which process's ping.</summary>
    public ushort Identifier
    {
        get => NetworkOrder.ReadUInt16(_message, ParameterOffset);
        set => NetworkOrder.WriteUInt16(_message, ParameterOffset, value);
    }

    /// <summary>Of echo messages: which of its pings.</summary>
    public ushort SequenceNumber
    {
        get => NetworkOrder.ReadUInt16(_message, SequenceNumberOffset);
        set => NetworkOrder.WriteUInt16(_message, SequenceNumberOffset, value);
    }

    /// <summary>
    /// Of "fragmentation needed" (type 3, code 4): the next link's MTU in bytes (RFC 1191 section 4).
    /// </summary>
    public ushort Mtu
    {
        get => SequenceNumber;
        set => SequenceNumber = value;
    }

    /// <summary>
    /// Whether the message reports an error, and must therefore never cause another (RFC 1122 section 3.2.2).
    /// </summary>
    public bool IsError => Type is IcmpType.DestinationUnreachable or IcmpType.Redirect or IcmpType.TimeExceeded
        or IcmpType.ParameterProblem or (IcmpType)4; // 4: source quench, deprecated by RFC 6633 but an error still.

    /// <summary>Whether the checksum is correct.</summary>
    public bool VerifyChecksum() => InternetChecksum.Verify(_message);

    /// <summary>Computes and writes the checksum.</summary>
    public void UpdateChecksum()
    {
        Checksum = 0;
        Checksum = InternetChecksum.Compute(_message);
    }

    /// <summary>Brings the checksum up to date with changed fields.</summary>
    /// <param name="delta">How fields of this message changed.</param>
    public void AdjustChecksum(ChecksumDelta delta) => Checksum = delta.ApplyTo(Checksum);
}
