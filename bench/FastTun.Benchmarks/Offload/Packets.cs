using System.Buffers.Binary;
using FastTun.Packets;

namespace FastTun.Benchmarks.Offload;

/// <summary>Correct IPv4 packets for the benchmarks of this folder.</summary>
internal static class Packets
{
    public static byte[] Udp(int flow, int size, int identification)
    {
        byte[] packet = Wrap(IpProtocol.Udp, size, identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), (ushort)(1024 + flow));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), 9);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), (ushort)(size - 20));
        Ipv4Header header = Parse(packet);
        if (!UdpHeader.TryParse(header.Payload, out UdpHeader udp))
            throw new InvalidOperationException("no datagram");
        udp.UpdateChecksum(header.SumPseudoHeader(udp.Length));
        return packet;
    }

    public static byte[] Tcp(int payload, int index)
    {
        byte[] packet = Wrap(IpProtocol.Tcp, 20 + 32 + payload, index);
        (packet[32], packet[33]) = (0x80, (byte)TcpFlags.Ack);
        Ipv4Header header = Parse(packet);
        if (!TcpHeader.TryParse(header.Payload, out TcpHeader tcp))
            throw new InvalidOperationException("no segment");
        tcp.SequenceNumber = (uint)(index * payload);
        tcp.UpdateChecksum(header.SumPseudoHeader(tcp.Length));
        return packet;
    }

    public static byte[] Ping() => Wrap(IpProtocol.Icmp, 64, 0);

    private static byte[] Wrap(IpProtocol protocol, int size, int identification)
    {
        // 192.0.2.1 to 198.51.100.1, DF.
        byte[] packet = new byte[size];
        new Random(size).NextBytes(packet.AsSpan(40));
        Convert.FromHexString("450000000000400040000000C0000201C6336401").CopyTo(packet, 0);
        packet[9] = (byte)protocol;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)size);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)identification);
        Parse(packet).UpdateChecksum();
        return packet;
    }

    private static Ipv4Header Parse(byte[] packet) =>
        Ipv4Header.TryParse(packet, out Ipv4Header header) ? header : throw new InvalidOperationException("no packet");
}
