using System.Buffers.Binary;
using FastTun.Batching;
using FastTun.Engine;
using FastTun.Queues;
using FastTun.Stages;
using FastTun.TestKit;

namespace FastTun.Tests.Engine;

public class ForwardingEngineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Packets_cross_in_order_and_every_one_is_counted(int workers)
    {
        const int perQueue = 5000;
        await using var engine = new MemoryEngine(workers);
        engine.Engine.Start();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(w => Task.Run(() => CrossInOrder(engine.Left[w], engine.Right[w], perQueue), Token)));

        await engine.Engine.StopAsync();
        EngineSnapshot snapshot = engine.Snapshot();
        Assert.Equal(workers * perQueue, snapshot.Total.PacketsReceived);
        Assert.Equal(workers * perQueue, snapshot.Total.PacketsTransmitted);
        Assert.Equal(4L * workers * perQueue, snapshot.Total.BytesTransmitted);
        Assert.Equal(workers * perQueue, snapshot.Ports[0].Traffic.PacketsReceived);
        Assert.Equal(workers * perQueue, snapshot.Ports[1].Traffic.PacketsTransmitted);
        Assert.All(snapshot.Workers, worker => Assert.Equal(perQueue, worker.Traffic.PacketsReceived));
    }

    [Fact]
    public async Task Both_directions_flow_at_once()
    {
        const int count = 3000;
        await using var engine = new MemoryEngine();
        engine.Engine.Start();

        // Each queue's far side is for one thread at a time, so the two directions take turns.
        byte[] packet = new byte[4];
        for (int i = 0; i < count; i++)
        {
            engine.Left[0].Inject([1, 2]);
            engine.Right[0].Inject([3, 4, 5]);
            Eventually.Holds(() => engine.Right[0].Waiting == 1 && engine.Left[0].Waiting == 1);
            Assert.True(engine.Right[0].TryCollect(packet, out int right) && right == 2);
            Assert.True(engine.Left[0].TryCollect(packet, out int left) && left == 3);
        }
    }

    [Fact]
    public async Task Stopping_forwards_what_has_arrived()
    {
        const int waiting = 900;
        await using var engine = new MemoryEngine();
        InjectNumbers(engine.Left[0], waiting);
        engine.Engine.Start();
        await engine.Engine.StopAsync();
        Assert.Equal(waiting, engine.Right[0].Waiting);
        Assert.Equal(waiting, engine.Snapshot().Total.PacketsTransmitted);
    }

    [Fact]
    public async Task Draining_a_flood_ends_when_its_time_is_up()
    {
        var time = new ManualTimeProvider();
        var options = new EngineOptions { TimeProvider = time, DrainTimeout = TimeSpan.FromSeconds(1) };
        using var endless = new EndlessQueue();
        await using var flooded = new ForwardingEngine([new Port("flood", [endless])], () => [new EndlessStage(time)], options);
        flooded.Start();
        await flooded.StopAsync();
        Assert.True(flooded.Snapshot().Total.IsConserved);
        Assert.True(time.Elapsed >= options.DrainTimeout);
    }

    [Fact]
    public async Task A_full_output_is_a_counted_drop()
    {
        await using var engine = new MemoryEngine(slots: 64);
        engine.Engine.Start();
        for (int i = 0; i < 200; i++)
        {
            Eventually.Holds(() => engine.Left[0].Inject([1, 2, 3]));
        }

        Eventually.Holds(() => engine.Engine.Snapshot().Total.PacketsReceived == 200);
        EngineSnapshot snapshot = engine.Snapshot();
        Assert.Equal(64, snapshot.Total.PacketsTransmitted);
        Assert.Equal(136, snapshot.Total.Drops[DropReason.OutputFull]);
        Assert.Equal(136, snapshot.Ports[0].Traffic.Drops[DropReason.OutputFull]);
    }

    [Fact]
    public async Task A_packet_that_no_stage_sends_anywhere_is_a_counted_drop()
    {
        await using var engine = new MemoryEngine(stages: () => [new ActionStage(packet => packet.ForwardTo(300))]);
        await using var silent = new MemoryEngine(stages: () => []);
        foreach (MemoryEngine each in new[] { engine, silent })
        {
            each.Left[0].Inject([1]);
            each.Engine.Start();
            await each.Engine.StopAsync();
            Assert.Equal(1, each.Snapshot().Total.Drops[DropReason.NoOutputPort]);
        }
    }

    [Fact]
    public async Task A_packet_longer_than_the_output_ports_MTU_is_a_counted_drop()
    {
        await using var engine = new MemoryEngine(maximumLength: 9000);
        engine.Left[0].Inject(new byte[1500]);
        engine.Left[0].Inject(new byte[1501]);
        engine.Left[0].Inject(new byte[9000]);
        engine.Engine.Start();
        await engine.Engine.StopAsync();
        EngineSnapshot snapshot = engine.Snapshot();
        Assert.Equal(1, snapshot.Total.PacketsTransmitted);
        Assert.Equal(2, snapshot.Total.Drops[DropReason.ExceedsMtu]);
    }

    [Fact]
    public async Task A_failing_stage_stops_the_engine_in_order_and_its_error_reaches_RunAsync()
    {
        int made = 0;
        await using var engine = new MemoryEngine(workers: 3, stages: () => Interlocked.Increment(ref made) == 2
            ? [new ActionStage(_ => throw new InvalidOperationException("broken stage"))]
            : [new CrossConnectStage()]);
        Task run = engine.Engine.RunAsync(Token);
        InjectNumbers(engine.Left[0], 100);
        InjectNumbers(engine.Left[1], 1);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => run);
        Assert.Equal("broken stage", error.Message);
        EngineSnapshot snapshot = engine.Snapshot();
        Assert.Equal(1, snapshot.Workers[1].Traffic.Drops[DropReason.WorkerFailed]);
        Assert.Equal(100, snapshot.Workers[0].Traffic.PacketsTransmitted);
        await engine.Engine.StopAsync();
    }

    [Fact]
    public async Task RunAsync_returns_without_an_error_when_cancelled()
    {
        await using var engine = new MemoryEngine();
        using var cancel = new CancellationTokenSource();
        Task run = engine.Engine.RunAsync(cancel.Token);
        engine.Left[0].Inject([7]);
        Eventually.Holds(() => engine.Right[0].Waiting == 1);
        await cancel.CancelAsync();
        await run;
    }

    [Fact]
    public async Task An_engine_runs_once()
    {
        await using var engine = new MemoryEngine();
        await engine.Engine.StopAsync();
        engine.Engine.Start();
        Assert.Throws<InvalidOperationException>(engine.Engine.Start);
        await engine.Engine.StopAsync();
        await engine.Engine.StopAsync();
    }

    [Fact]
    public async Task An_engine_that_was_disposed_of_does_not_start()
    {
        await using var engine = new MemoryEngine();
        await engine.Engine.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(engine.Engine.Start);
    }

    [Theory]
    [InlineData(DropReason.None)]
    [InlineData(DropReason.WorkerFailed + 1)]
    public async Task A_drop_for_no_reason_stops_the_engine_and_the_packet_is_accounted_for(DropReason reason)
    {
        await using var engine = new MemoryEngine(stages: () => [new ActionStage(packet => packet.Drop(reason))]);
        engine.Left[0].Inject([1, 2, 3]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => engine.Engine.RunAsync(Token));
        Assert.Equal(1, engine.Snapshot().Total.Drops[DropReason.WorkerFailed]);
    }

    [Fact]
    public async Task A_port_that_closes_is_told_and_the_others_go_on()
    {
        await using var engine = new MemoryEngine(stages: () => [new ActionStage(packet => packet.ForwardTo(packet.InputPort))]);
        var changes = new System.Collections.Concurrent.ConcurrentQueue<PortChange>();
        engine.Engine.PortChanged += (_, change) => changes.Enqueue(change);
        engine.Left[0].Inject([1]);
        engine.Left[0].Close();
        engine.Engine.Start();
        Eventually.Holds(() => !changes.IsEmpty);
        Assert.True(changes.TryDequeue(out PortChange? change));
        Assert.Equal((0, PortChangeKind.Removed, false), (change.Port, change.Kind, change.After.IsUp));

        engine.Right[0].Inject([2]);
        Eventually.Holds(() => engine.Right[0].Waiting == 1);
        EngineSnapshot snapshot = engine.Snapshot();
        Assert.Equal(1, snapshot.PortEvents);
        Assert.Equal(1, snapshot.Total.Drops[DropReason.OutputGone]);
        Assert.Equal(1, snapshot.Total.PacketsTransmitted);
    }

    [Fact]
    public void Ports_with_different_numbers_of_queues_are_refused()
    {
        using MemoryQueue a = new(), b = new(), c = new();
        var error = Assert.Throws<ArgumentException>(() => new ForwardingEngine([new Port("one", [a]), new Port("two", [b, c])], () => []));
        Assert.Contains("two has 2 queues but one has 1", error.Message);
        Assert.Throws<ArgumentException>(() => new ForwardingEngine([], () => []));
        var port = new Port("one", [a]);
        Assert.Throws<ArgumentException>(() => new ForwardingEngine([port, port], () => []));
        Assert.Throws<ArgumentException>(() => new ForwardingEngine([port], () => [null!]));
        var backwards = new EngineOptions { DrainTimeout = TimeSpan.FromSeconds(-1) };
        Assert.Throws<ArgumentOutOfRangeException>(() => new ForwardingEngine([port], () => [], backwards));
        var nowhere = new EngineOptions { Processors = [] };
        Assert.Throws<ArgumentOutOfRangeException>(() => new ForwardingEngine([port], () => [], nowhere));
    }

    private static void InjectNumbers(MemoryQueue queue, int count)
    {
        byte[] packet = new byte[4];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(packet, i);
            Eventually.Holds(() => queue.Inject(packet));
        }
    }

    // Never more on the way than the queues hold, so that nothing may be missing.
    private static void CrossInOrder(MemoryQueue from, MemoryQueue to, int count)
    {
        const int window = 512;
        byte[] packet = new byte[4];
        for (int injected = 0, collected = 0; collected < count;)
        {
            while (injected < count && injected - collected < window)
            {
                BinaryPrimitives.WriteInt32BigEndian(packet, injected++);
                Assert.True(from.Inject(packet));
            }

            Eventually.Holds(() => to.Waiting > 0);
            while (to.TryCollect(packet, out int length))
            {
                Assert.Equal(4, length);
                Assert.Equal(collected++, BinaryPrimitives.ReadInt32BigEndian(packet));
            }
        }
    }
}
