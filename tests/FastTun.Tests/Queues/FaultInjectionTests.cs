using FastTun.Batching;
using FastTun.Engine;
using FastTun.Queues;
using FastTun.Stages;
using FastTun.TestKit;
using FastTun.TestKit.Packets;
using FastTun.Tests.Engine;

namespace FastTun.Tests.Queues;

/// <summary>Under faults of every kind the engine neither loses count nor stops, unless the fault is a defect.</summary>
public class FaultInjectionTests
{
    private static readonly FaultPlan Everything = new()
    {
        Seed = 20261123,
        Corrupt = 0.1,
        Truncate = 0.05,
        Reject = 0.02,
        Full = 0.03,
        Stall = 0.01,
        StallTime = TimeSpan.FromMilliseconds(5),
    };

    [Fact]
    public async Task Every_packet_is_accounted_for_under_every_fault()
    {
        EngineSnapshot snapshot = await RunAsync(Everything, packets: 20000);
        Assert.Equal(20000, snapshot.Total.PacketsReceived);
        foreach (DropReason reason in new[]
        {
            DropReason.BadHeaderChecksum, DropReason.BadTotalLength, DropReason.BadVersion, DropReason.TooShort,
            DropReason.OutputRejected, DropReason.OutputFull,
        })
        {
            Assert.True(snapshot.Total.Drops.ContainsKey(reason), $"no {reason}");
        }
    }

    [Fact]
    public async Task A_run_is_replayed_from_its_seed()
    {
        EngineSnapshot first = await RunAsync(Everything, packets: 5000);
        EngineSnapshot again = await RunAsync(Everything, packets: 5000);
        EngineSnapshot other = await RunAsync(Everything with { Seed = 1 }, packets: 5000);
        Assert.Equal(first.Total.Drops, again.Total.Drops);
        Assert.Equal(first.Total.BytesTransmitted, again.Total.BytesTransmitted);
        Assert.NotEqual(first.Total.BytesTransmitted, other.Total.BytesTransmitted);
    }

    [Fact]
    public async Task A_defect_in_a_queue_stops_the_engine_and_what_it_held_is_counted()
    {
        await using var engine = new MemoryEngine(wrap: Faulty(new FaultPlan { ThrowAfter = 100 }, left: true));
        byte[] packet = new PacketBuilder().Udp();
        for (int i = 0; i < 300; i++)
            engine.Left[0].Inject(packet);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => engine.Engine.RunAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Planned fault", error.Message);
        EngineSnapshot snapshot = engine.Snapshot();
        Assert.Equal(128, snapshot.Total.PacketsReceived);
        Assert.Equal(64, snapshot.Total.PacketsTransmitted);
        Assert.Equal(64, snapshot.Total.Drops[DropReason.WorkerFailed]);
    }

    [Fact]
    public async Task A_device_that_is_removed_in_the_middle_is_told()
    {
        await using var engine = new MemoryEngine(wrap: Faulty(new FaultPlan { CloseAfter = 64 }, left: true));
        for (int i = 0; i < 200; i++)
            engine.Left[0].Inject(new PacketBuilder().Udp());
        engine.Engine.Start();
        Eventually.Holds(() => engine.Engine.Snapshot().PortEvents == 1);
        await engine.Engine.StopAsync();
        Assert.Equal(64, engine.Snapshot().Total.PacketsReceived);
    }

    // All packets are there before the engine starts, so that batches, and with them the faults, are the same each time.
    private static async Task<EngineSnapshot> RunAsync(FaultPlan plan, int packets)
    {
        var time = new ManualTimeProvider();
        await using var engine = new MemoryEngine(
            stages: () => [new ClockStage(time), new ValidationStage(), new CrossConnectStage()],
            options: new EngineOptions { DrainTimeout = TimeSpan.FromDays(1), TimeProvider = time },
            wrap: (queue, port) => new FaultInjectingQueue(queue, plan with { Seed = plan.Seed + port }, time),
            slots: 32768,
            maximumLength: 128);
        byte[] packet = new PacketBuilder { Payload = new byte[36] }.Udp();
        for (int i = 0; i < packets; i++)
            Assert.True(engine.Left[0].Inject(packet));
        engine.Engine.Start();

        // Nothing but this test lets time pass while all is stalled.
        Eventually.Holds(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            return engine.Engine.Snapshot().Total.PacketsReceived == packets;
        });
        await engine.Engine.StopAsync();
        return engine.Snapshot();
    }

    private static Func<IPacketQueue, int, IPacketQueue> Faulty(FaultPlan plan, bool left) =>
        (queue, port) => port == (left ? 0 : 1) ? new FaultInjectingQueue(queue, plan) : queue;

    private sealed class ClockStage(ManualTimeProvider time) : IPacketStage
    {
        public void Process(PacketBatch batch) => time.Advance(TimeSpan.FromMicroseconds(1));
    }
}
