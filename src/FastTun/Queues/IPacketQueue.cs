using FastTun.Batching;
using FastTun.Linux;

namespace FastTun.Queues;

/// <summary>
/// One worker's way in and out of one port. All members but <see cref="IDisposable.Dispose"/> are called on that
/// worker's thread only, one call a batch; none may block, allocate or throw in the steady state.
/// </summary>
public interface IPacketQueue : IDisposable
{
    /// <summary>Readable while packets wait, and when the queue has closed (level-triggered).</summary>
    FileDescriptor Readiness { get; }

    /// <summary>How many system calls this queue has made so far.</summary>
    long SystemCalls { get; }

    /// <summary>
    /// Whether unfinished packets pass: each has a virtio-net header in the ten bytes before it, which says what is
    /// left undone when it is received, and which <see cref="Transmit"/> writes.
    /// </summary>
    bool HasOffloads => false;

    /// <summary>The worker's thread begins to use the queue: what belongs to a thread is made now.</summary>
    /// <exception cref="LinuxException">The kernel refuses what it takes.</exception>
    void Enter()
    {
    }

    /// <summary>The worker's thread ends: what <see cref="Enter"/> made goes. Is called even if that failed.</summary>
    void Leave()
    {
    }

    /// <summary>
    /// Moves waiting packets to the end of the batch, until none waits, the batch is full, or the queue would rather
    /// be asked by <see cref="Readiness"/> whether there are more.
    /// </summary>
    /// <param name="batch">Receives them, through <see cref="PacketBatch.TryReserve(out Span{byte})"/> and <see cref="PacketBatch.Add"/>.</param>
    QueueStatus Receive(PacketBatch batch);

    /// <summary>
    /// Sends the packets of <see cref="PacketBatch.LeavingBy"/>, in order. One that cannot be sent is dropped in the
    /// batch with its reason; those behind it are tried all the same.
    /// </summary>
    /// <param name="batch">The batch, after all stages.</param>
    /// <param name="port">The port that this queue belongs to.</param>
    void Transmit(PacketBatch batch, int port);
}
