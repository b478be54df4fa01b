using FastTun.Batching;
using FastTun.Linux;
using FastTun.Linux.Tun;

namespace FastTun.Queues;

/// <summary>One queue of a TUN or TAP device whose packets are whole. The device keeps owning the queue.</summary>
public sealed class TunPacketQueue : IPacketQueue
{
    private readonly TunQueue _queue;
    private readonly IDeviceIo _io;
    private readonly WriteList _writes = new(PacketBatch.Capacity);

    /// <summary>Takes a device's queue into use; nobody else may read or write it meanwhile.</summary>
    /// <param name="queue">An open queue.</param>
    public TunPacketQueue(TunQueue queue)
        : this(queue, QueueIo.Auto)
    {
    }

    /// <summary>Takes a device's queue into use; nobody else may read or write it meanwhile.</summary>
    /// <param name="queue">An open queue.</param>
    /// <param name="io">How it is read and written.</param>
    internal TunPacketQueue(TunQueue queue, QueueIo io)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _queue = queue;
        _io = DeviceIo.For(queue, io);
    }

    /// <inheritdoc/>
    public FileDescriptor Readiness => _queue.Descriptor;

    /// <inheritdoc/>
    public long SystemCalls => _io.SystemCalls;

    /// <inheritdoc/>
    public void Enter() => _io.Enter();

    /// <inheritdoc/>
    public void Leave() => _io.Dispose();

    /// <inheritdoc/>
    public QueueStatus Receive(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _io.Receive(batch, headerLength: 0);
    }

    /// <inheritdoc/>
    public void Transmit(PacketBatch batch, int port)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _writes.Clear();
        foreach (Packet packet in batch.LeavingBy(port))
            _writes.Begin(packet.Bytes);
        for (int written = 0; written < _writes.Count;)
            written = _io.Write(_writes, written);

        int index = 0;
        foreach (Packet packet in batch.LeavingBy(port))
        {
            SysResult result = _writes[index++];
            if (!result.IsSuccess)
                packet.Drop(TunDropReason.For(result.Error));
        }
    }

    /// <summary>Does nothing: the queue is its device's.</summary>
    public void Dispose()
    {
    }
}
