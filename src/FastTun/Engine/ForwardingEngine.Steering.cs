using FastTun.Linux;

namespace FastTun.Engine;

/// <content>
/// Which workers take part. A worker is taken out by steering its packets to the others: its queues stay attached and
/// its thread goes on waiting for them, so that what is in them already, or still on its way there, is forwarded too. To
/// detach a queue would lose that: the kernel drops what waits in it (tun_queue_purge), and what its transmit queue
/// holds (netif_set_real_num_tx_queues).
/// </content>
public sealed partial class ForwardingEngine
{
    private readonly Lock _steeringGate = new();
    private readonly PortSteering? _steering;
    private LinuxException? _steeringRefusal;
    private int _activeWorkers;
    private bool _isSteering;

    /// <summary>How many workers there are, active or not: as many as each port has queues.</summary>
    public int WorkerCount => _workers.Length;

    /// <summary>How many workers the flows are spread over: the first ones.</summary>
    public int ActiveWorkers => Volatile.Read(ref _activeWorkers);

    /// <summary>
    /// Why the driver chooses queues by its own flow table although <see cref="EngineOptions.Steering"/> asked for a
    /// program, as it does in a container or a user namespace. Null where a program is in force, none was asked for, or
    /// there is nothing to steer: no device, one worker, or nothing that translation leaves of a flow.
    /// </summary>
    public LinuxException? SteeringRefusal => Volatile.Read(ref _steeringRefusal);

    /// <summary>
    /// Spreads the flows over more or fewer workers while packets flow. Nothing is lost: what waits in the queues of
    /// workers that are left out is still forwarded by them, and then they sleep. Where a flow moves, packets that the
    /// host sends afterwards may overtake those that wait in its old queue; after that, and for all other flows, order
    /// is kept.
    /// </summary>
    /// <param name="count">1 to <see cref="WorkerCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer workers, or it is none.</exception>
    /// <exception cref="InvalidOperationException">
    /// Nothing steers the packets of all ports, so that none can be led past a worker; the message says why.
    /// </exception>
    /// <exception cref="LinuxException">
    /// The kernel took the first program and not this one; nothing was changed.
    /// </exception>
    public void SetActiveWorkers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, WorkerCount);
        lock (_steeringGate)
        {
            if (count == _activeWorkers)
                return;
            if (WhyFixed() is { } reason)
            {
                string message = $"The number of workers stays {_activeWorkers}: {reason}.";
                throw new InvalidOperationException(message, _steeringRefusal);
            }

            _steering!.SpreadOver(count);
            Volatile.Write(ref _activeWorkers, count);
        }
    }

    private string? WhyFixed() => this switch
    {
        { _steering: null } => "steering is off",
        { _steering.IsComplete: false } => "not all ports are devices, and only a device can be steered",
        { _steering.HasFlows: false } => "the stages translate all that flows could be told apart by",
        { _steeringRefusal: { } refusal } => refusal.Message,
        { _isSteering: false } => "the engine is not running",
        _ => null,
    };

    // Doing without is slower, and no reason not to forward.
    private void StartSteering()
    {
        if (WorkerCount == 1 || _steering is not { HasFlows: true })
            return;
        lock (_steeringGate)
        {
            try
            {
                _steering.SpreadOver(WorkerCount);
                _isSteering = true;
            }
            catch (LinuxException refusal)
            {
                _steering.Release();
                Volatile.Write(ref _steeringRefusal, refusal);
            }
        }
    }

    private void StopSteering()
    {
        lock (_steeringGate)
        {
            if (_isSteering)
                _steering?.Release();
            _isSteering = false;
        }
    }
}
