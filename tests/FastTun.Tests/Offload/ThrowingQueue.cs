using FastTun.Batching;
using FastTun.Linux;
using FastTun.Queues;

namespace FastTun.Tests.Offload;

/// <summary>A queue that receives nothing, sends some batches, and then throws.</summary>
internal sealed class ThrowingQueue(int after) : IPacketQueue
{
    private readonly EventFd _readable = new();
    private int _left = after;

    public FileDescriptor Readiness => _readable.Descriptor;

    public long SystemCalls => 0;

    public QueueStatus Receive(PacketBatch batch) => QueueStatus.Drained;

    public void Transmit(PacketBatch batch, int port)
    {
        if (_left-- == 0)
            throw new InvalidOperationException("broken queue");
    }

    public void Dispose() => _readable.Dispose();
}
