using FastTun.Batching;
using FastTun.Linux;

namespace FastTun.Queues;

/// <summary>
/// The system calls of one queue of a device, by the batch. What is in the packets, and before them, is none of its
/// business. For the worker's thread alone, which also disposes of it.
/// </summary>
internal interface IDeviceIo : IDisposable
{
    /// <summary>How many system calls were made.</summary>
    long SystemCalls { get; }

    /// <summary>See <see cref="IPacketQueue.Enter"/>.</summary>
    void Enter();

    /// <summary>See <see cref="IPacketQueue.Receive"/>.</summary>
    /// <param name="batch">A batch, empty.</param>
    /// <param name="headerLength">Bytes that stand before each packet and go to its headroom.</param>
    QueueStatus Receive(PacketBatch batch, int headerLength);

    /// <summary>
    /// Writes packets in their order and says in the list what became of each. Where that costs nothing it goes no
    /// further than one that is refused (EINVAL), so that its parts may take its place.
    /// </summary>
    /// <param name="writes">What to write.</param>
    /// <param name="from">The first of them.</param>
    /// <returns>The index behind the last that was tried, one at least.</returns>
    int Write(WriteList writes, int from);
}
