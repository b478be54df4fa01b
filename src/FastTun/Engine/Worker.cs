using FastTun.Batching;
using FastTun.Linux;
using FastTun.Offload;
using FastTun.Queues;
using FastTun.Stages;

namespace FastTun.Engine;

/// <summary>
/// Moves packets: receive a batch, stage after stage, transmit, count; and sleep when nothing is ready. Worker w owns queue w
/// of every port, its stages, its slab and its counters, and shares none of them. One thread drives it, see
/// <see cref="WorkerThread"/>.
/// </summary>
internal sealed class Worker : IDisposable
{
    private readonly IPacketQueue[] _queues;
    private readonly IPacketStage[] _stages;
    private readonly LivePorts _ports;
    private readonly PacketBatch _batch;
    private readonly WaitSet _waitSet;
    private readonly SoftwareOffload _software;
    private readonly int[] _leaving;
    private int _portsTransmitted;

    /// <summary>Takes over the queues; nothing moves before <see cref="RunOnce"/>.</summary>
    public Worker(int index, IPacketQueue[] queues, IPacketStage[] stages, LivePorts ports, IdleSpin spin = default)
    {
        Index = index;
        _queues = queues;
        _stages = stages;
        _ports = ports;
        _batch = new PacketBatch(ports.Current);
        _leaving = new int[queues.Length];
        Counters = new WorkerCounters(queues.Length);
        _waitSet = new WaitSet(queues, spin);
        _software = new SoftwareOffload(ports.Current);
    }

    public int Index { get; }

    public WorkerCounters Counters { get; }

    public IReadOnlyList<IPacketQueue> Queues => _queues;

    public long Waits => _waitSet.Waits;

    /// <summary>Told of a queue that has closed, by its port.</summary>
    public Action<int>? QueueClosed { get; set; }

    /// <summary>The thread that drives it begins.</summary>
    /// <exception cref="LinuxException">The kernel refuses a queue what it takes.</exception>
    public void Enter()
    {
        foreach (IPacketQueue queue in _queues)
            queue.Enter();
    }

    /// <summary>The thread that drives it ends.</summary>
    public void Leave()
    {
        foreach (IPacketQueue queue in _queues)
            queue.Leave();
    }

    /// <summary>Ends a sleep in <see cref="RunOnce"/>. Any thread.</summary>
    public void Wake() => _waitSet.Wake();

    /// <summary>
    /// Gives every ready port one batch. Level-triggered readiness and the queues' own word are both heard: a port that was
    /// not drained is served again without being waited for, and a busy one cannot starve the others.
    /// </summary>
    /// <param name="mayBlock">Sleep until something is ready; else only look.</param>
    /// <returns>How many packets were received.</returns>
    public int RunOnce(bool mayBlock)
    {
        int received = 0;
        foreach (int port in _waitSet.Wait(mayBlock))
        {
            QueueStatus status = Forward(port);
            received += _batch.Count;
            _waitSet.Report(port, status);
            if (status == QueueStatus.Closed)
                QueueClosed?.Invoke(port);
        }

        return received;
    }

    public void Dispose() => _waitSet.Dispose();

    private QueueStatus Forward(int port)
    {
        _batch.Clear(port);
        _batch.Ports = _ports.Current;
        _portsTransmitted = 0;
        _software.Tally.Clear();
        try
        {
            QueueStatus status = _queues[port].Receive(_batch);
            if (_batch.Count > 0)
            {
                if (_batch.Ports[port].LinkLayer == LinkLayer.Ethernet)
                    EthernetFraming.LocateNetworkHeaders(_batch);
                if (_queues[port].HasOffloads)
                    OffloadRules.Classify(_batch);
                foreach (IPacketStage stage in _stages)
                    stage.Process(_batch);
                Transmit();
                Counters.Book(_batch, _software.Tally);
            }

            return status;
        }
        catch
        {
            AbandonBatch();
            throw;
        }
    }

    private void Transmit()
    {
        ChooseOutputs();
        for (int port = 0; port < _queues.Length; port++)
        {
            if (_leaving[port] > 0)
                Transmit(port);
            _portsTransmitted = port + 1;
        }
    }

    private void Transmit(int port)
    {
        if (_batch.HasUnfinished && !_queues[port].HasOffloads)
            _software.Transmit(_batch, port, _queues[port]);
        else
            _queues[port].Transmit(_batch, port);
    }

    // The kernel takes packets of any length at any MTU (up to 64 KiB), so the limit is ours to keep.
    private void ChooseOutputs()
    {
        Array.Clear(_leaving);
        foreach (ref PacketDescriptor packet in _batch.Descriptors)
        {
            if (packet.Drop != DropReason.None)
                continue;
            if (packet.OutputPort >= _leaving.Length)
                packet.Drop = DropReason.NoOutputPort;
            else if (!packet.Fits(_batch.Ports[packet.OutputPort].Mtu))
                packet.Drop = DropReason.ExceedsMtu;
            else
                _leaving[packet.OutputPort]++;
        }
    }

    // Even a batch that a stage threw in is accounted for: what had not been handed to its output queue is dropped.
    private void AbandonBatch()
    {
        foreach (ref PacketDescriptor packet in _batch.Descriptors)
        {
            if (packet.Drop == DropReason.None && packet.OutputPort >= _portsTransmitted && !packet.LeftInSegments)
                packet.Drop = DropReason.WorkerFailed;
        }

        _software.Tally.Abandon();
        Counters.Book(_batch, _software.Tally);
    }
}
