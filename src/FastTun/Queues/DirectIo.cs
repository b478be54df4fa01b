using FastTun.Batching;
using FastTun.Linux;
using FastTun.Linux.Tun;

namespace FastTun.Queues;

/// <summary>A read a packet, a write a packet.</summary>
internal sealed class DirectIo(TunQueue queue) : IDeviceIo
{
    private BatchExpectation _expectation;

    public long SystemCalls { get; private set; }

    public void Enter()
    {
    }

    public void Dispose()
    {
    }

    public QueueStatus Receive(PacketBatch batch, int headerLength)
    {
        while (batch.TryReserve(headerLength, out Span<byte> room))
        {
            SysResult read = queue.TryRead(room);
            SystemCalls++;
            if (!read.IsSuccess)
            {
                _expectation.Drained(batch.Count);
                return read.Error == Errno.EAGAIN ? QueueStatus.Drained : QueueStatus.Closed;
            }

            batch.Add(read.Value - headerLength);
            if (_expectation.EndsWith(batch.Count))
                return QueueStatus.Drained;
        }

        return QueueStatus.MoreMayWait;
    }

    public int Write(WriteList writes, int from)
    {
        for (int index = from; index < writes.Count; index++)
        {
            writes[index] = queue.TryWrite(writes, index);
            SystemCalls++;
            if (writes[index].Error == Errno.EINVAL)
                return index + 1;
        }

        return writes.Count;
    }
}
