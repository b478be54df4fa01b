using FastTun.Engine;
using FastTun.Queues;
using FastTun.Stages;

namespace FastTun.Tests.Engine;

/// <summary>An engine of two ports over memory queues, with what a test wants to say and see of it.</summary>
internal sealed class MemoryEngine : IAsyncDisposable
{
    public MemoryEngine(
        int workers = 1,
        Func<IReadOnlyList<IPacketStage>>? stages = null,
        EngineOptions? options = null,
        Func<IPacketQueue, int, IPacketQueue>? wrap = null,
        int slots = 1024,
        int maximumLength = 2048)
    {
        Left = [.. Enumerable.Range(0, workers).Select(_ => new MemoryQueue(slots, maximumLength))];
        Right = [.. Enumerable.Range(0, workers).Select(_ => new MemoryQueue(slots, maximumLength))];
        wrap ??= (queue, _) => queue;
        Engine = new ForwardingEngine(
            [new Port("left", [.. Left.Select(queue => wrap(queue, 0))]), new Port("right", [.. Right.Select(queue => wrap(queue, 1))])],
            stages ?? (() => [new CrossConnectStage()]),
            options);
    }

    public MemoryQueue[] Left { get; }

    public MemoryQueue[] Right { get; }

    public ForwardingEngine Engine { get; }

    /// <summary>All that a queue's far side has received, oldest first.</summary>
    public static List<byte[]> Collect(MemoryQueue queue)
    {
        var packets = new List<byte[]>();
        byte[] buffer = new byte[65536];
        while (queue.TryCollect(buffer, out int length))
            packets.Add(buffer[..length]);
        return packets;
    }

    /// <summary>The counters, once they have been found to add up for every worker and in all.</summary>
    public EngineSnapshot Snapshot()
    {
        EngineSnapshot snapshot = Engine.Snapshot();
        Assert.True(snapshot.Total.IsConserved, $"{snapshot.Total}");
        Assert.All(snapshot.Workers, worker => Assert.True(worker.Traffic.IsConserved, $"{worker}"));
        return snapshot;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        foreach (MemoryQueue queue in Left.Concat(Right))
            queue.Dispose();
    }
}
