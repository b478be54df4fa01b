using System.Net;
using FastTun.Batching;
using FastTun.Engine;
using FastTun.Offload;
using FastTun.Queues;
using FastTun.Stages;
using FastTun.TestKit.Packets;
using FastTun.Tests.Engine;

namespace FastTun.Tests.Offload;

/// <summary>A worker between a port with offloads and one with or without, and no kernel.</summary>
public class OffloadWorkerTests
{
    private const int Mtu = 1500, SegmentSize = UnfinishedPackets.SegmentSize, Segments = UnfinishedPackets.Segments;

    private static readonly (VirtioNetHeader Header, byte[] Packet)[] Honest = UnfinishedPackets.Honest;
    private static readonly (VirtioNetHeader Header, byte[] Packet) SuperUdp = UnfinishedPackets.SuperUdp;

    public static TheoryData<string> Lies => [.. UnfinishedPackets.Lies.Keys];

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_header_that_lies_costs_the_packet_and_the_one_behind_it_passes(string lie)
    {
        using var left = new OffloadMemoryQueue();
        using var right = new MemoryQueue();
        using Worker worker = Join(left, right, Mtu);
        left.Give(2, (UnfinishedPackets.Lies[lie], SuperUdp.Packet), (default, new PacketBuilder().Udp()));
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
        left.Give(packets, [.. Enumerable.Range(0, packets).Select(_ => UnfinishedPackets.Damaged(random))]);
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
        var plain = new PacketBuilder();
        (VirtioNetHeader Header, byte[] Packet)[] packets =
            [.. Honest, (default, plain.Udp()), (default, plain.Tcp()), (SuperUdp.Header, [0x45])];
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
        byte[] packet = new PacketBuilder { DontFragment = true, Payload = new byte[100] }.Udp();
        left.Give(PacketBatch.Capacity, (default, packet));
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
}
