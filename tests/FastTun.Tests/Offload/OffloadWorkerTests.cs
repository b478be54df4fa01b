using System.Buffers.Binary;
using System.Net;
using FastTun.Batching;
using FastTun.Engine;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.Queues;
using FastTun.Stages;
using FastTun.TestKit.Packets;
using FastTun.Tests.Engine;

namespace FastTun.Tests.Offload;

/// <summary>A worker between a port with offloads and one with or without, and no kernel.</summary>
public class OffloadWorkerTests
{
    private const int Mtu = 1500, SegmentSize = 1000, Segments = 9;

    private static readonly PacketBuilder Four = new() { Payload = [.. Enumerable.Range(0, 8500).Select(value => (byte)value)] };
    private static readonly PacketBuilder Six = Four with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    private static readonly (VirtioNetHeader Header, byte[] Packet) SuperUdp =
        (Headers.Udp(SegmentSize, 20), Partial(Four.Udp(), 20, IpProtocol.Udp, Four));

    private static readonly (VirtioNetHeader Header, byte[] Packet)[] Honest =
    [
        SuperUdp,
        (Headers.Udp(SegmentSize, 40), Partial(Six.Udp(), 40, IpProtocol.Udp, Six)),
        (Headers.Tcp4(SegmentSize), Partial(Four.Tcp(), 20, IpProtocol.Tcp, Four)),
        (Headers.Tcp6(SegmentSize), Partial(Six.Tcp(), 40, IpProtocol.Tcp, Six)),
    ];

    public static TheoryData<string> Lies => [.. LyingHeaders.Keys];

    private static Dictionary<string, VirtioNetHeader> LyingHeaders { get; } = new()
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

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_header_that_lies_costs_the_packet_and_the_one_behind_it_passes(string lie)
    {
        using var left = new OffloadMemoryQueue();
        using var right = new MemoryQueue();
        using Worker worker = Join(left, right, Mtu);
        left.Give(2, (LyingHeaders[lie], SuperUdp.Packet), (default, new PacketBuilder().Udp()));
        Run(worker, left);
        TrafficCounters counters = Total(worker);
        Assert.Equal((2, 1), (counters.PacketsReceived, counters.PacketsTransmitted));
        Assert.Equal(new Dictionary<DropReason, long> { [DropReason.BadOffload] = 1 }, counters.Drops);
        Assert.Equal(1, right.Waiting);
    }

    [Fact]
    public void A_port_without_offloads_gets_finished_segments_and_each_is_counted()
    {
        using var left = new OffloadMemoryQueue();
        using var right = new MemoryQueue();
        using Worker worker = Join(left, right, Mtu);
        left.Give(Honest.Length, Honest);
        Run(worker, left);
        List<byte[]> packets = MemoryEngine.Collect(right);
        Assert.Equal(Honest.Length * Segments, packets.Count);
        Assert.All(packets, packet => Assert.InRange(packet.Length, 500, Mtu));
        Assert.All(packets, FinishedPacket.AssertRightChecksum);
        TrafficCounters counters = Total(worker);
        Assert.Equal((packets.Count, packets.Count), (counters.PacketsReceived, counters.PacketsTransmitted));
        Assert.Equal(Honest.Sum(packet => packet.Packet.Length), counters.BytesReceived);
        Assert.Equal(packets.Sum(packet => packet.Length), counters.BytesTransmitted);
    }

    [Fact]
    public void Segments_that_find_no_room_are_dropped_one_by_one()
    {
        using var left = new OffloadMemoryQueue();
        using var right = new MemoryQueue(slots: 4);
        using Worker worker = Join(left, right, Mtu);
        left.Give(1, SuperUdp);
        Run(worker, left);
        TrafficCounters counters = Total(worker);
        Assert.Equal((Segments, 4), (counters.PacketsReceived, counters.PacketsTransmitted));
        Assert.Equal(new Dictionary<DropReason, long> { [DropReason.OutputFull] = Segments - 4 }, counters.Drops);
    }

    [Fact]
    public void Segments_longer_than_the_output_ports_MTU_are_dropped_and_counted_each()
    {
        using var left = new OffloadMemoryQueue();
        using var right = new OffloadMemoryQueue();
        using Worker worker = Join(left, right, SegmentSize + 27);
        left.Give(1, SuperUdp);
        Run(worker, left);
        TrafficCounters counters = Total(worker);
        Assert.Equal((Segments, 0), (counters.PacketsReceived, counters.PacketsTransmitted));
        Assert.Equal(new Dictionary<DropReason, long> { [DropReason.ExceedsMtu] = Segments }, counters.Drops);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_a_throwing_queue_leaves_behind_is_counted(int sentBefore)
    {
        // So many segments that they are sent in more than one batch.
        var many = (Headers.Udp(100, 20), SuperUdp.Packet);
        using var left = new OffloadMemoryQueue();
        using var right = new ThrowingQueue(sentBefore);
        using Worker worker = Join(left, right, Mtu);
        left.Give(2, many);
        Assert.Throws<InvalidOperationException>(() => worker.RunOnce(mayBlock: true));
        TrafficCounters counters = Total(worker);
        Assert.Equal((170, PacketBatch.Capacity * sentBefore), (counters.PacketsReceived, counters.PacketsTransmitted));
        Assert.Equal(170 - PacketBatch.Capacity * sentBefore, counters.Drops[DropReason.WorkerFailed]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_header_stands_before_whatever_packet_the_count_adds_up_and_nothing_too_long_leaves(bool isCut)
    {
        const int packets = 20_000;
        var random = new Random(20261123);
        using var left = new OffloadMemoryQueue();
        using var memory = new MemoryQueue(slots: 8192, maximumLength: Mtu);
        using var offload = new OffloadMemoryQueue();
        using Worker worker = Join(left, isCut ? memory : offload, Mtu);
        left.Give(packets, [.. Enumerable.Range(0, packets).Select(_ => Damage(random, Honest[random.Next(Honest.Length)]))]);
        long collected = 0;
        while (!left.IsDrained)
        {
            worker.RunOnce(mayBlock: false);
            collected += MemoryEngine.Collect(memory).Count;
        }

        TrafficCounters counters = Total(worker);
        Assert.DoesNotContain(DropReason.OutputFull, counters.Drops.Keys); // as it would be if it were too long
        Assert.True(counters.Drops[DropReason.BadOffload] > packets / 10, $"{counters}");
        Assert.True(counters.PacketsTransmitted > packets / 10, $"{counters}");
        Assert.Equal(isCut ? counters.PacketsTransmitted : 0, collected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_million_packets_allocate_nothing(bool isCut)
    {
        using var left = new OffloadMemoryQueue();
        using var memory = new MemoryQueue(slots: 64);
        using var offload = new OffloadMemoryQueue();
        using Worker worker = Join(left, isCut ? memory : offload, Mtu);
        byte[] buffer = new byte[2048];
        (VirtioNetHeader Header, byte[] Packet)[] packets =
            [.. Honest, (default, new PacketBuilder().Udp()), (default, new PacketBuilder().Tcp()), (SuperUdp.Header, [0x45])];
        Cross(10_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Cross(1_000_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(Total(worker).PacketsReceived > 1_010_000);

        // A MemoryQueue is full most of the time, and what is dropped there was cut all the same.
        void Cross(int count)
        {
            left.Give(count, packets);
            while (!left.IsDrained)
            {
                worker.RunOnce(mayBlock: false);
                while (memory.TryCollect(buffer, out _))
                {
                }
            }
        }
    }

    [Fact]
    public void Packets_of_a_flow_that_come_together_leave_in_one_write()
    {
        using var left = new OffloadMemoryQueue();
        using var right = new OffloadMemoryQueue();
        using Worker worker = Join(left, right, Mtu);
        left.Give(PacketBatch.Capacity, (default, new PacketBuilder { DontFragment = true, Payload = new byte[100] }.Udp()));
        Run(worker, left);
        Assert.Equal(PacketBatch.Capacity, Total(worker).PacketsTransmitted);
        Assert.Equal(1, right.Writes);
    }

    private static Worker Join(IPacketQueue left, IPacketQueue right, int rightMtu)
    {
        var ports = new PortTable(
            [new PortState("a", Mtu, true, LinkLayer.None), new PortState("b", rightMtu, true, LinkLayer.None)]);
        IPacketStage[] stages =
        [
            new ValidationStage(),
            new TimeToLiveStage(),
            new AddressRewriteStage(
                new AddressRewrite(AddressField.Source, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("203.0.113.1")),
                new AddressRewrite(AddressField.Source, IPAddress.Parse("2001:db8::1"), IPAddress.Parse("2001:db8:113::1"))),
            new CrossConnectStage(),
        ];
        return new Worker(0, [left, right], stages, new LivePorts(ports));
    }

    // One field of the header, or one byte of the headers, or both, or neither, is anything.
    private static (VirtioNetHeader Header, byte[] Packet) Damage(
        Random random, (VirtioNetHeader Header, byte[] Packet) honest)
    {
        (VirtioNetHeader header, byte[] packet) = (honest.Header, [.. honest.Packet]);
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

    private static void Run(Worker worker, OffloadMemoryQueue left)
    {
        while (!left.IsDrained)
            worker.RunOnce(mayBlock: false);
    }

    private static TrafficCounters Total(Worker worker)
    {
        long[] counters = worker.Counters.Copy();
        var total = TrafficCounters.From(counters.AsSpan(0, WorkerCounters.Stride), 0)
            + TrafficCounters.From(counters.AsSpan(WorkerCounters.Stride, WorkerCounters.Stride), 0);
        Assert.True(total.IsConserved, $"{total}");
        return total;
    }

    private static byte[] Partial(byte[] packet, int l4Offset, IpProtocol protocol, PacketBuilder builder)
    {
        int field = l4Offset + (protocol == IpProtocol.Tcp ? TcpHeader.ChecksumOffset : UdpHeader.ChecksumOffset);
        ushort sum = builder.PseudoHeaderSum(protocol, packet.Length - l4Offset);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(field), sum);
        return packet;
    }
}
