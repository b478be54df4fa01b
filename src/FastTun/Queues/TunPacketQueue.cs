using FastTun.Batching;
using FastTun.Linux;
using FastTun.Linux.Tun;

namespace FastTun.Queues;

/// <summary>One queue of a TUN or TAP device: a read a packet, a write a packet. The device keeps owning the queue.</summary>
public sealed class TunPacketQueue : IPacketQueue
{
    private readonly TunQueue _queue;
    private BatchExpectation _expectation;

    /// <summary>Takes a device's queue into use; nobody else may read or write it meanwhile.</summary>
    /// <param name="queue">An open queue.</param>
    public TunPacketQueue(TunQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _queue = queue;
    }

    /// <inheritdoc/>
    public FileDescriptor Readiness => _queue.Descriptor;

    /// <inheritdoc/>
    public long SystemCalls { get; private set; }

    /// <inheritdoc/>
    public QueueStatus Receive(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        while (batch.TryReserve(out Span<byte> room))
        {
            SysResult read = _queue.TryRead(room);
            SystemCalls++;
            if (!read.IsSuccess)
            {
                _expectation.Drained(batch.Count);
                return read.Error == Errno.EAGAIN ? QueueStatus.Drained : QueueStatus.Closed;
            }

            batch.Add(read.Value);
            if (_expectation.EndsWith(batch.Count))
                return QueueStatus.Drained;
        }

        return QueueStatus.MoreMayWait;
    }

    /// <inheritdoc/>
    public void Transmit(PacketBatch batch, int port)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (Packet packet in batch.LeavingBy(port))
        {
            SysResult written = _queue.TryWrite(packet.Bytes);
            SystemCalls++;
            if (!written.IsSuccess)
                packet.Drop(TunDropReason.For(written.Error));
        }
    }

    /// <summary>Does nothing: the queue is its device's.</summary>
    public void Dispose()
    {
    }
}
