using FastTun.Batching;
using FastTun.Linux;

namespace FastTun.Queues;

/// <summary>Passes everything to another queue and makes the faults of a plan on the way. For tests.</summary>
public sealed class FaultInjectingQueue : IPacketQueue
{
    private readonly IPacketQueue _inner;
    private readonly FaultPlan _plan;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private long _received;
    private long _stallBegan;
    private bool _stalled;

    /// <summary>Wraps a queue.</summary>
    /// <param name="inner">The queue to pass to; disposed with this one.</param>
    /// <param name="plan">Which faults to make.</param>
    /// <param name="time">What stalls are measured with; null for the system's clock.</param>
    public FaultInjectingQueue(IPacketQueue inner, FaultPlan plan, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(plan);
        _inner = inner;
        _plan = plan;
        _time = time ?? TimeProvider.System;
        _random = new Random(plan.Seed);
    }

    /// <inheritdoc/>
    public FileDescriptor Readiness => _inner.Readiness;

    /// <inheritdoc/>
    public long SystemCalls => _inner.SystemCalls;

    /// <inheritdoc/>
    public bool HasOffloads => _inner.HasOffloads;

    /// <inheritdoc/>
    public void Enter() => _inner.Enter();

    /// <inheritdoc/>
    public void Leave() => _inner.Leave();

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The plan says so.</exception>
    public QueueStatus Receive(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (_received >= _plan.CloseAfter)
            return QueueStatus.Closed;
        if (IsStalled())
            return QueueStatus.MoreMayWait;

        QueueStatus status = _inner.Receive(batch);
        foreach (ref PacketDescriptor packet in batch.Descriptors)
            Damage(batch, ref packet);
        _received += batch.Count;
        if (_received >= _plan.ThrowAfter)
            throw new InvalidOperationException($"Planned fault after {_received} packets (seed {_plan.Seed}).");
        return status;
    }

    /// <inheritdoc/>
    public void Transmit(PacketBatch batch, int port)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (Packet packet in batch.LeavingBy(port))
        {
            if (Happens(_plan.Reject))
                packet.Drop(DropReason.OutputRejected);
            else if (Happens(_plan.Full))
                packet.Drop(DropReason.OutputFull);
        }

        _inner.Transmit(batch, port);
    }

    /// <inheritdoc/>
    public void Dispose() => _inner.Dispose();

    private bool IsStalled()
    {
        if (!_stalled && Happens(_plan.Stall))
        {
            _stalled = true;
            _stallBegan = _time.GetTimestamp();
        }

        return _stalled = _stalled && _time.GetElapsedTime(_stallBegan) < _plan.StallTime;
    }

    private void Damage(PacketBatch batch, ref PacketDescriptor packet)
    {
        if (packet.Length > 0 && Happens(_plan.Truncate))
            packet.Length = _random.Next(packet.Length);
        if (packet.Length > 0 && Happens(_plan.Corrupt))
            batch.Memory[packet.Offset + _random.Next(packet.Length)] ^= (byte)(1 << _random.Next(8));
    }

    private bool Happens(double probability) => probability > 0 && _random.NextDouble() < probability;
}
