using FastTun.Batching;
using FastTun.Linux;
using FastTun.Queues;
using FastTun.Stages;

namespace FastTun.Tests.Engine;

/// <summary>A queue that always has more packets.</summary>
internal sealed class EndlessQueue : IPacketQueue
{
    private readonly EventFd _readable = new();

    public EndlessQueue() => _readable.Signal();

    public FileDescriptor Readiness => _readable.Descriptor;

    public long SystemCalls => 0;

    public QueueStatus Receive(PacketBatch batch)
    {
        while (batch.TryReserve(out _))
            batch.Add(20);
        return QueueStatus.MoreMayWait;
    }

    public void Transmit(PacketBatch batch, int port)
    {
    }

    public void Dispose() => _readable.Dispose();
}

/// <summary>Sends everything back, and lets ten milliseconds pass with each batch.</summary>
internal sealed class EndlessStage(ManualTimeProvider time) : IPacketStage
{
    public void Process(PacketBatch batch)
    {
        time.Advance(TimeSpan.FromMilliseconds(10));
        foreach (Packet packet in batch)
            packet.ForwardTo(packet.InputPort);
    }
}
