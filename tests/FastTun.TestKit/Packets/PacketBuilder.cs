using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using FastTun.Packets;

namespace FastTun.TestKit.Packets;

/// <summary>
/// Builds correct packets, byte by byte and with the reference checksum, so that it shares nothing with what it tests.
/// The addresses decide the version. Vary one with <c>with</c>:
/// <code>
/// var ping = new PacketBuilder { Destination = "203.0.113.7" };
/// byte[] expiring = (ping with { TimeToLive = 1 }).Echo();
/// </code>
/// </summary>
public sealed record PacketBuilder
{
    /// <summary>The sender's address, IPv4 or IPv6.</summary>
    public string Source { get; init; } = "192.0.2.1";

    /// <summary>The receiver's address, of the same version.</summary>
    public string Destination { get; init; } = "198.51.100.1";

    /// <summary>The sender's port.</summary>
    public ushort SourcePort { get; init; } = 1024;

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort { get; init; } = 2048;

    /// <summary>Time to live, or hop limit.</summary>
    public byte TimeToLive { get; init; } = 64;

    /// <summary>Type of service, or traffic class.</summary>
    public byte TypeOfService { get; init; }

    /// <summary>IPv4's identification, also that of an IPv6 fragment header.</summary>
    public ushort Identification { get; init; } = 1;

    /// <summary>IPv4's DF.</summary>
    public bool DontFragment { get; init; }

    /// <summary>
    /// Where the payload lies in its datagram, in bytes; over IPv6 this or <see cref="MoreFragments"/> adds a fragment
    /// header.
    /// </summary>
    public int FragmentOffset { get; init; }

    /// <summary>Whether more fragments follow.</summary>
    public bool MoreFragments { get; init; }

    /// <summary>IPv4 options, a multiple of 4 bytes, at most 40.</summary>
    public byte[] Options { get; init; } = [];

    /// <summary>IPv6 extension headers, each whole; their first bytes (next header) are filled in.</summary>
    public (IpProtocol Protocol, byte[] Header)[] ExtensionHeaders { get; init; } = [];

    /// <summary>The upper layer's data.</summary>
    public byte[] Payload { get; init; } = [];

    private bool IsIpv6 => IPAddress.Parse(Source).AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>A UDP datagram.</summary>
    public byte[] Udp()
    {
        byte[] datagram = new byte[8 + Payload.Length];
        WritePorts(datagram);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        Payload.CopyTo(datagram, 8);
        ushort checksum = UpperLayerChecksum(IpProtocol.Udp, datagram);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), checksum == 0 ? (ushort)0xFFFF : checksum);
        return Wrap(IpProtocol.Udp, datagram);
    }

    /// <summary>A TCP segment.</summary>
    /// <param name="flags">Its control bits.</param>
    /// <param name="sequence">The number of its first byte.</param>
    /// <param name="acknowledgment">What it acknowledges.</param>
    /// <param name="options">TCP options, a multiple of 4 bytes, at most 40.</param>
    public byte[] Tcp(TcpFlags flags = TcpFlags.Ack, uint sequence = 1, uint acknowledgment = 1, byte[]? options = null)
    {
        int headerLength = 20 + (options?.Length ?? 0);
        byte[] segment = new byte[headerLength + Payload.Length];
        WritePorts(segment);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgment);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(12), (ushort)((headerLength / 4 << 12) | (ushort)flags));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 64240);
        options?.CopyTo(segment, 20);
        Payload.CopyTo(segment, headerLength);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), UpperLayerChecksum(IpProtocol.Tcp, segment));
        return Wrap(IpProtocol.Tcp, segment);
    }

    /// <summary>A ping, ICMP or ICMPv6.</summary>
    /// <param name="identifier">Whose ping.</param>
    /// <param name="sequence">Which of them.</param>
    /// <param name="reply">Whether it is the answer.</param>
    public byte[] Echo(ushort identifier = 1, ushort sequence = 1, bool reply = false) => IsIpv6
        ? Icmp((byte)(reply ? Icmpv6Type.EchoReply : Icmpv6Type.EchoRequest), 0, (uint)(identifier << 16) | sequence)
        : Icmp((byte)(reply ? IcmpType.EchoReply : IcmpType.EchoRequest), 0, (uint)(identifier << 16) | sequence);

    /// <summary>Any ICMP or ICMPv6 message.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="code">Its code.</param>
    /// <param name="parameter">The header's last four bytes.</param>
    public byte[] Icmp(byte type, byte code, uint parameter)
    {
        byte[] message = new byte[8 + Payload.Length];
        message[0] = type;
        message[1] = code;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), parameter);
        Payload.CopyTo(message, 8);
        ushort checksum = IsIpv6 ? UpperLayerChecksum(IpProtocol.Icmpv6, message) : ReferenceChecksum.Compute(message);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), checksum);
        return Wrap(IsIpv6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp, message);
    }

    /// <summary>An IP header around anything.</summary>
    /// <param name="protocol">What it is.</param>
    /// <param name="payload">Its bytes.</param>
    public byte[] Wrap(IpProtocol protocol, ReadOnlySpan<byte> payload) =>
        IsIpv6 ? WrapIpv6(protocol, payload) : WrapIpv4(protocol, payload);

    /// <summary>
    /// The sum of the pseudo-header, un-complemented: what the checksum field of a NEEDS_CSUM packet holds.
    /// </summary>
    /// <param name="protocol">The upper-layer protocol.</param>
    /// <param name="length">Bytes of upper-layer header and data.</param>
    public ushort PseudoHeaderSum(IpProtocol protocol, int length)
    {
        byte[] rest = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(rest, length);
        rest[7] = (byte)protocol;
        return ReferenceChecksum.Sum([.. Bytes(Source), .. Bytes(Destination), .. rest]);
    }

    /// <summary>An Ethernet frame around an IP packet, between two locally administered addresses.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="vlan">A VLAN to tag it with.</param>
    public static byte[] Ethernet(ReadOnlySpan<byte> packet, ushort? vlan = null)
    {
        byte[] type = packet[0] >> 4 == 6 ? [0x86, 0xDD] : [0x08, 0x00];
        byte[] tag = vlan is { } id ? [0x81, 0x00, (byte)(id >> 8), (byte)id] : [];
        return [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, .. tag, .. type, .. packet];
    }

    private byte[] WrapIpv4(IpProtocol protocol, ReadOnlySpan<byte> payload)
    {
        int headerLength = 20 + Options.Length;
        byte[] packet = new byte[headerLength + payload.Length];
        packet[0] = (byte)(0x40 | (headerLength / 4));
        packet[1] = TypeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), Identification);
        int flags = (DontFragment ? 0x4000 : 0) | (MoreFragments ? 0x2000 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)(flags | (FragmentOffset / 8)));
        packet[8] = TimeToLive;
        packet[9] = (byte)protocol;
        Bytes(Source).CopyTo(packet, 12);
        Bytes(Destination).CopyTo(packet, 16);
        Options.CopyTo(packet, 20);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), ReferenceChecksum.Compute(packet.AsSpan(0, headerLength)));
        payload.CopyTo(packet.AsSpan(headerLength));
        return packet;
    }

    private byte[] WrapIpv6(IpProtocol protocol, ReadOnlySpan<byte> payload)
    {
        (IpProtocol Protocol, byte[] Header)[] extensions = FragmentOffset != 0 || MoreFragments
            ? [.. ExtensionHeaders, (IpProtocol.Fragment, FragmentHeader())]
            : ExtensionHeaders;
        int extensionsLength = extensions.Sum(extension => extension.Header.Length);
        byte[] packet = new byte[40 + extensionsLength + payload.Length];
        packet[0] = (byte)(0x60 | (TypeOfService >> 4));
        packet[1] = (byte)(TypeOfService << 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
        packet[7] = TimeToLive;
        Bytes(Source).CopyTo(packet, 8);
        Bytes(Destination).CopyTo(packet, 24);
        int nextHeader = 6, offset = 40;
        foreach ((IpProtocol extension, byte[] header) in extensions)
        {
            packet[nextHeader] = (byte)extension;
            header.CopyTo(packet, offset);
            nextHeader = offset;
            offset += header.Length;
        }

        packet[nextHeader] = (byte)protocol;
        payload.CopyTo(packet.AsSpan(offset));
        return packet;
    }

    private byte[] FragmentHeader()
    {
        byte[] header = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(FragmentOffset | (MoreFragments ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), Identification);
        return header;
    }

    private static byte[] Bytes(string address) => IPAddress.Parse(address).GetAddressBytes();

    private void WritePorts(byte[] header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), DestinationPort);
    }

    private ushort UpperLayerChecksum(IpProtocol protocol, ReadOnlySpan<byte> bytes) =>
        ReferenceChecksum.Compute(bytes, PseudoHeaderSum(protocol, bytes.Length));
}
