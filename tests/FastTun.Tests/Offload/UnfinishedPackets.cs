using System.Buffers.Binary;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Offload;

/// <summary>Super-packets as a kernel hands them over, behind headers that are right, lie, or are anything.</summary>
internal static class UnfinishedPackets
{
    public const int SegmentSize = 1000, Segments = 9;

    private static readonly PacketBuilder Four = new()
    {
        Payload = [.. Enumerable.Range(0, 8500).Select(value => (byte)value)],
    };

    private static readonly PacketBuilder Six = Four with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    /// <summary>A UDP super-packet over IPv4.</summary>
    public static readonly (VirtioNetHeader Header, byte[] Packet) SuperUdp =
        (Headers.Udp(SegmentSize, 20), Partial(Four.Udp(), 20, IpProtocol.Udp, Four));

    /// <summary>A super-packet of each kind.</summary>
    public static readonly (VirtioNetHeader Header, byte[] Packet)[] Honest =
    [
        SuperUdp,
        (Headers.Udp(SegmentSize, 40), Partial(Six.Udp(), 40, IpProtocol.Udp, Six)),
        (Headers.Tcp4(SegmentSize), Partial(Four.Tcp(), 20, IpProtocol.Tcp, Four)),
        (Headers.Tcp6(SegmentSize), Partial(Six.Tcp(), 40, IpProtocol.Tcp, Six)),
    ];

    /// <summary>Headers that contradict <see cref="SuperUdp"/>, and how.</summary>
    public static Dictionary<string, VirtioNetHeader> Lies { get; } = new()
    {
        ["no segment size"] = SuperUdp.Header with { GsoSize = 0 },
        ["a segment size that means something else"] = SuperUdp.Header with { GsoSize = 0xFFFF },
        ["another protocol"] = SuperUdp.Header with { GsoType = (byte)GsoKind.Tcp4 },
        ["another version"] = SuperUdp.Header with { GsoType = (byte)GsoKind.Tcp6 },
        ["fragmentation"] = SuperUdp.Header with { GsoType = 3 },
        ["an unknown kind"] = SuperUdp.Header with { GsoType = 77 },
        ["to be cut without a checksum"] = SuperUdp.Header with { Flags = 0 },
        ["an unknown flag"] = SuperUdp.Header with { Flags = 0xFF },
        ["a checksum in the IP header"] = SuperUdp.Header with { ChecksumStart = 10 },
        ["a checksum behind the end"] = SuperUdp.Header with { ChecksumStart = 65530 },
        ["a checksum far behind its start"] = SuperUdp.Header with { ChecksumOffset = 65535 },
        ["a checksum at another place"] = SuperUdp.Header with { ChecksumOffset = 16 },
        ["headers longer than the packet"] = SuperUdp.Header with { HeaderLength = 65535 },
    };

    /// <summary>One field of the header, or one byte of the headers, or both, or neither, is anything.</summary>
    public static (VirtioNetHeader Header, byte[] Packet) Damaged(Random random)
    {
        (VirtioNetHeader header, byte[] packet) = Honest[random.Next(Honest.Length)];
        packet = [.. packet];
        if (random.Next(2) == 0)
            packet[random.Next(60)] = (byte)random.Next(256);
        int any = random.Next(2) == 0 ? random.Next(65536) : random.Next(100);
        return (random.Next(12) switch
        {
            0 => header with { Flags = (byte)any },
            1 => header with { GsoType = (byte)any },
            2 => header with { HeaderLength = (ushort)any },
            3 => header with { GsoSize = (ushort)(any & ~63) }, // 0, or so much that a batch's segments find room
            4 => header with { ChecksumStart = (ushort)any },
            5 => header with { ChecksumOffset = (ushort)any },
            _ => header,
        }, random.Next(10) == 0 ? packet[..random.Next(packet.Length)] : packet);
    }

    private static byte[] Partial(byte[] packet, int l4Offset, IpProtocol protocol, PacketBuilder builder)
    {
        int field = l4Offset + (protocol == IpProtocol.Tcp ? TcpHeader.ChecksumOffset : UdpHeader.ChecksumOffset);
        ushort sum = builder.PseudoHeaderSum(protocol, packet.Length - l4Offset);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(field), sum);
        return packet;
    }
}
