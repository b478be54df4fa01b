using System.Buffers.Binary;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Stages;

/// <summary>A way to build a packet, with every form that its checksum and ports can have.</summary>
internal sealed record PacketKind(
    string Name, PortsShown Shown, Func<PacketBuilder, (byte[] Packet, PacketOffload Offload)> Build)
{
    private const int FragmentLength = 64;

    public static readonly PacketKind[] All =
    [
        new("UDP", PortsShown.Both, b => (b.Udp(), default)),
        new("TCP", PortsShown.Both, b => (b.Tcp(), default)),
        new("UDP without a checksum", PortsShown.Both, b => (WithoutChecksum(b.Udp()), default)),
        new("UDP, partial", PortsShown.Both, b => Partial(b, b.Udp(), IpProtocol.Udp, GsoKind.None)),
        new("TCP, partial", PortsShown.Both, b => Partial(b, b.Tcp(), IpProtocol.Tcp, GsoKind.None)),
        new("UDP, to be cut", PortsShown.Both, b => Partial(b, b.Udp(), IpProtocol.Udp, GsoKind.Udp)),
        new("TCP, to be cut", PortsShown.Both, b => Partial(b, b.Tcp(), IpProtocol.Tcp, IsIpv6(b) ? GsoKind.Tcp6 : GsoKind.Tcp4)),
        new("first fragment", PortsShown.Both, b => (
            (b with { MoreFragments = true }).Wrap(IpProtocol.Udp, L4(b, b.Udp()).AsSpan(0, FragmentLength)), default)),
        new("later fragment", PortsShown.Elsewhere, b => (
            (b with { FragmentOffset = FragmentLength }).Wrap(IpProtocol.Udp, L4(b, b.Udp()).AsSpan(FragmentLength)), default)),
        new("later fragment of TCP", PortsShown.Elsewhere, b => (
            (b with { FragmentOffset = FragmentLength }).Wrap(IpProtocol.Tcp, L4(b, b.Tcp()).AsSpan(FragmentLength)), default)),
        new("ping", PortsShown.None, b => (b.Echo(), default)),
        new("later fragment of a ping", PortsShown.None, b => (
            (b with { FragmentOffset = FragmentLength }).Wrap(IpProtocol.Icmp, b.Payload), default)),
        new("another protocol", PortsShown.None, b => (b.Wrap((IpProtocol)253, b.Payload), default)),
        new("SCTP", PortsShown.None, b => (b.Wrap(IpProtocol.Sctp, [0, 53, 0, 53, .. b.Payload]), default)),
    ];

    public override string ToString() => Name;

    private static (byte[] Packet, PacketOffload Offload) Partial(
        PacketBuilder builder, byte[] packet, IpProtocol protocol, GsoKind cut)
    {
        int l4 = HeaderLength(builder);
        int field = protocol == IpProtocol.Tcp ? TcpHeader.ChecksumOffset : UdpHeader.ChecksumOffset;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(l4 + field), builder.PseudoHeaderSum(protocol, packet.Length - l4));
        return (packet, new PacketOffload
        {
            ChecksumStart = (ushort)l4,
            ChecksumOffset = (byte)field,
            GsoType = (byte)cut,
            SegmentSize = cut == GsoKind.None ? (ushort)0 : (ushort)20,
            HeaderLength = cut == GsoKind.None ? (ushort)0 : (ushort)(l4 + (protocol == IpProtocol.Tcp ? 20 : 8)),
        });
    }

    private static byte[] WithoutChecksum(byte[] datagram)
    {
        int field = (datagram[0] >> 4 == 6 ? 40 : 20) + UdpHeader.ChecksumOffset;
        (datagram[field], datagram[field + 1]) = (0, 0);
        return datagram;
    }

    private static byte[] L4(PacketBuilder builder, byte[] packet) => packet[HeaderLength(builder)..];

    private static int HeaderLength(PacketBuilder builder) => IsIpv6(builder) ? 40 : 20;

    private static bool IsIpv6(PacketBuilder builder) => builder.Source.Contains(':');
}
