using System.Net;
using FastTun.Batching;
using FastTun.Engine;
using FastTun.Queues;
using FastTun.Stages;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Engine;

public class AllocationTests
{
    [Fact]
    public void A_million_packets_allocate_nothing()
    {
        const int packets = 1_000_000;
        using MemoryQueue left = new(slots: 256), right = new(slots: 256);
        var ports = new LivePorts(new PortTable([new PortState("a", 1500, true, LinkLayer.None), new PortState("b", 1500, true, LinkLayer.None)]));
        using var worker = new Worker(0, [left, right], Stages(), ports);
        byte[][] kinds =
        [
            new PacketBuilder { Payload = new byte[36] }.Udp(),
            new PacketBuilder { Payload = new byte[100] }.Tcp(),
            new PacketBuilder { Source = "2001:db8::1", Destination = "2001:db8::2", Payload = new byte[8] }.Udp(),
            [0x45],
        ];
        Cross(worker, left, right, kinds, 1000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Cross(worker, left, right, kinds, packets);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        var traffic = TrafficCounters.From(worker.Counters.Copy().AsSpan(0, WorkerCounters.Stride), 0);
        Assert.Equal(packets + 1000, traffic.PacketsReceived);
        Assert.Equal((packets + 1000) / 4, traffic.Drops[DropReason.TooShort]);
    }

    private static IPacketStage[] Stages() =>
    [
        new ValidationStage(),
        new TimeToLiveStage(),
        new AddressRewriteStage(new AddressRewrite(AddressField.Source, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("203.0.113.1"))),
        new CrossConnectStage(),
    ];

    private static void Cross(Worker worker, MemoryQueue left, MemoryQueue right, byte[][] kinds, int packets)
    {
        Span<byte> collected = stackalloc byte[2048];
        for (int i = 0; i < packets;)
        {
            for (int wave = 0; wave < 100; wave++)
                left.Inject(kinds[i++ % kinds.Length]);
            while (!left.IsDrained)
                worker.RunOnce(mayBlock: false);
            while (right.TryCollect(collected, out _))
            {
            }
        }
    }
}
