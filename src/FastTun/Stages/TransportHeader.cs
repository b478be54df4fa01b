using System.Buffers.Binary;
using FastTun.Packets;

namespace FastTun.Stages;

/// <summary>
/// What rewriting changes behind the IP headers: TCP's and UDP's ports, and every checksum that covers a pseudo-header of
/// addresses. The payload may be a datagram's first fragment, so its lengths are not held against it; a later fragment
/// has neither ports nor checksum.
/// </summary>
internal readonly ref struct TransportHeader
{
    /// <summary>The port of a protocol without, and that of a later fragment, which does not carry it.</summary>
    public const int NoPort = -1, UnknownPort = -2;

    private const int PortsLength = 2 * sizeof(ushort);

    private readonly IpProtocol _protocol;
    private readonly bool _isLaterFragment;
    private readonly Span<byte> _payload;

    /// <summary>Takes what an IP header says of its payload.</summary>
    public TransportHeader(IpProtocol protocol, FragmentKind fragment, Span<byte> payload)
    {
        _protocol = protocol;
        _isLaterFragment = fragment == FragmentKind.Later;
        _payload = payload;
    }

    /// <summary>One of the ports; or <see cref="NoPort"/>, or <see cref="UnknownPort"/>.</summary>
    public int ReadPort(AddressField which) =>
        _protocol is not (IpProtocol.Tcp or IpProtocol.Udp) ? NoPort
        : _isLaterFragment ? UnknownPort
        : _payload.Length < PortsLength ? NoPort
        : BinaryPrimitives.ReadUInt16BigEndian(Port(which));

    /// <summary>Replaces the port that a rule which applies is for, if it is for one and it is here.</summary>
    /// <returns>The change, for the checksum.</returns>
    public ChecksumDelta ReplacePort(AddressRewrite rule)
    {
        if (rule.TransportPort is not { } port || _isLaterFragment)
            return default;
        BinaryPrimitives.WriteUInt16BigEndian(Port(rule.Field), port.To);
        return ChecksumDelta.Of(port.From, port.To);
    }

    /// <summary>Brings the checksum up to date.</summary>
    /// <param name="addresses">How the addresses have changed.</param>
    /// <param name="ports">How the ports have changed.</param>
    /// <param name="isPartial">Whether it is the sum of the pseudo-header alone, which knows no ports.</param>
    /// <returns>False if the protocol has such a checksum but the payload ends before it.</returns>
    public bool TryAdjustChecksum(ChecksumDelta addresses, ChecksumDelta ports, bool isPartial)
    {
        int offset = _isLaterFragment ? -1 : _protocol switch
        {
            IpProtocol.Tcp => TcpHeader.ChecksumOffset,
            IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Dccp => UdpHeader.ChecksumOffset,
            IpProtocol.Icmpv6 => 2,
            _ => -1,
        };
        if (offset < 0)
            return true;
        if (_payload.Length < offset + sizeof(ushort))
            return false;

        Span<byte> field = _payload[offset..];
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(field);
        BinaryPrimitives.WriteUInt16BigEndian(field, isPartial ? addresses.ApplyToPartial(checksum)
            : _protocol == IpProtocol.Udp ? (addresses + ports).ApplyToUdp(checksum)
            : (addresses + ports).ApplyTo(checksum));
        return true;
    }

    private Span<byte> Port(AddressField which) =>
        _payload[(which == AddressField.Source ? 0 : sizeof(ushort))..PortsLength];
}
