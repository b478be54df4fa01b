using FastTun.Batching;
using FastTun.Linux;

namespace FastTun.Queues;

/// <summary>
/// A queue without a kernel behind it: what is <see cref="Inject"/>ed is received by the engine, and what the engine transmits
/// can be <see cref="TryCollect"/>ed, in order. For tests and benchmarks of stages and engines, and for programs that make
/// their packets themselves. The far side (inject, collect, close) is for one thread at a time, which need not be the worker's.
/// </summary>
public sealed class MemoryQueue : IPacketQueue
{
    private readonly PacketRing _inbound;
    private readonly PacketRing _outbound;
    private readonly EventFd _readiness = new();
    private int _signalled;
    private volatile bool _closed;

    /// <summary>Makes an empty queue; all its memory is allocated now.</summary>
    /// <param name="slots">How many packets wait at most in each direction, a power of two.</param>
    /// <param name="maximumLength">The longest packet it carries, in bytes.</param>
    public MemoryQueue(int slots = 1024, int maximumLength = 2048)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumLength, PacketBatch.MaximumPacketLength);
        _inbound = new PacketRing(slots, maximumLength);
        _outbound = new PacketRing(slots, maximumLength);
    }

    /// <inheritdoc/>
    public FileDescriptor Readiness => _readiness.Descriptor;

    /// <inheritdoc/>
    public long SystemCalls => 0;

    /// <summary>How many transmitted packets wait to be collected.</summary>
    public int Waiting => _outbound.Count;

    /// <summary>Whether the engine has received everything that was injected.</summary>
    public bool IsDrained => _inbound.Count == 0;

    /// <summary>Lets the engine receive a packet.</summary>
    /// <param name="packet">Copied.</param>
    /// <returns>False when the queue is full, or the packet longer than it carries.</returns>
    public bool Inject(ReadOnlySpan<byte> packet)
    {
        if (!_inbound.TryWrite(packet))
            return false;
        Announce();
        return true;
    }

    /// <summary>Takes the oldest transmitted packet.</summary>
    /// <param name="buffer">Receives it; long enough for the longest packet the queue carries.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>False when none waits.</returns>
    public bool TryCollect(Span<byte> buffer, out int length)
    {
        length = 0;
        if (!_outbound.TryPeek(out ReadOnlySpan<byte> packet))
            return false;
        packet.CopyTo(buffer);
        length = packet.Length;
        _outbound.Advance();
        return true;
    }

    /// <summary>Behaves from now on as a device that was removed, once what was injected has been received.</summary>
    public void Close()
    {
        _closed = true;
        Announce();
    }

    /// <inheritdoc/>
    public QueueStatus Receive(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        while (batch.TryReserve(out Span<byte> room))
        {
            if (!_inbound.TryPeek(out ReadOnlySpan<byte> packet))
                return StandDown() ? (_closed ? QueueStatus.Closed : QueueStatus.Drained) : QueueStatus.MoreMayWait;
            packet.CopyTo(room);
            batch.Add(packet.Length);
            _inbound.Advance();
        }

        return QueueStatus.MoreMayWait;
    }

    /// <inheritdoc/>
    public void Transmit(PacketBatch batch, int port)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (Packet packet in batch.LeavingBy(port))
        {
            if (_closed)
                packet.Drop(DropReason.OutputGone);
            else if (!_outbound.TryWrite(packet.Bytes))
                packet.Drop(DropReason.OutputFull);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _readiness.Dispose();

    private void Announce()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _signalled) != 0)
            return;
        _readiness.Signal();

        // Only now: were it said before the signal, the worker could take it back in between and never reset the signal.
        Volatile.Write(ref _signalled, 1);
    }

    // Takes the announcement back first and looks once more after: a packet that comes in between is announced anew.
    private bool StandDown()
    {
        if (Volatile.Read(ref _signalled) == 0)
            return true;
        _readiness.Reset();
        Interlocked.Exchange(ref _signalled, 0);
        return _inbound.Count == 0;
    }
}
