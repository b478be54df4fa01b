using FastTun.Batching;
using FastTun.Linux;
using FastTun.Queues;
using FastTun.Stages;

namespace FastTun.Engine;

/// <summary>
/// Forwards packets between ports, one worker thread a queue, until it is stopped or a worker fails. All members may be used
/// from any thread. The ports' devices stay their owner's: dispose the engine first, then the devices.
/// <code>
///   created ──Start──▶ running ──StopAsync──▶ draining ──▶ stopped
///                          └── a worker fails ──▶ the others drain ──▶ stopped, and <see cref="Completion"/> is faulted
/// </code>
/// </summary>
public sealed partial class ForwardingEngine : IAsyncDisposable
{
    /// <summary>How many ports one engine joins at most.</summary>
    public const int MaximumPorts = 254;

    private readonly LivePorts _ports;
    private readonly Worker[] _workers;
    private readonly WorkerThread[] _threads;
    private readonly IReadOnlyList<Port> _configured;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _starting = new();
    private EngineMeter? _meter;
    private PortMonitor? _monitor;
    private Exception? _failure;
    private bool _started;
    private bool _disposed;

    /// <summary>Prepares the workers; nothing moves before <see cref="Start"/>.</summary>
    /// <param name="ports">What to forward between; all have the same number of queues, which is the number of workers.</param>
    /// <param name="stages">Makes one worker's stages, in the order that packets pass them; called once a worker.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// There is no port, or too many, or their numbers of queues differ; or the set of processors is empty.
    /// </exception>
    public ForwardingEngine(IReadOnlyList<Port> ports, Func<IReadOnlyList<IPacketStage>> stages, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(stages);
        options ??= new EngineOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DrainTimeout, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Spin, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Spin, TimeSpan.FromSeconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfZero(options.Processors?.Count ?? 1, nameof(options));
        int workers = CountWorkers(ports);
        _configured = ports;
        _ports = new LivePorts(new PortTable([.. ports.Select(port => port.State)]));
        _ports.Changed += change => PortChanged?.Invoke(this, change);
        IPacketStage[][] made = [.. Enumerable.Range(0, workers).Select(_ => MakeStages(stages))];
        _workers = [.. made.Select((own, index) => MakeWorker(index, own, options))];
        _threads = [.. _workers.Select(worker => new WorkerThread(worker, options))];
        _activeWorkers = workers;
        _steering = options.Steering ? new PortSteering(ports, made[0]) : null;
        for (int port = 0; port < ports.Count; port++)
            _ports.Watch(port, ports[port].Offloads);
    }

    /// <summary>
    /// Raised when a port's device goes up or down, changes, disappears or has refused too many super-packets, one change at a
    /// time. It is the thread that learned of it, which may be a worker's: a handler must neither wait for the engine to stop
    /// nor take long. What it throws stops the engine.
    /// </summary>
    public event EventHandler<PortChange>? PortChanged;

    /// <summary>The ports as they are now.</summary>
    public PortTable Ports => _ports.Current;

    /// <summary>Completes when all workers have ended; faulted with the error of the worker that failed first.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts the workers.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    /// <exception cref="LinuxException">EMFILE: the ports cannot be watched; <see cref="Completion"/> has the same error.</exception>
    public void Start()
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_started)
                throw new InvalidOperationException("An engine runs once: make a new one to start again.");
            _started = true;
        }

        try
        {
            _monitor = PortMonitor.Start(_configured, _ports, Fail);
        }
        catch (Exception failure)
        {
            // No worker will ever end it, and whoever stops or disposes of the engine waits for it.
            _completion.SetException(failure);
            throw;
        }

        StartSteering();
        _meter = new EngineMeter(this);
        foreach (WorkerThread thread in _threads)
        {
            thread.Ended.ContinueWith(_ => StopWorkers(), TaskScheduler.Default);
            thread.Start();
        }

        _ = CompleteAsync();
    }

    /// <summary>
    /// Forwards what has arrived, then ends the workers. Returns when they have ended; a failure of one is not thrown here but
    /// by <see cref="Completion"/> and <see cref="RunAsync"/>. Stopping an engine that never started, or again, does nothing.
    /// </summary>
    public async Task StopAsync()
    {
        lock (_starting)
        {
            if (!_started)
                return;
        }

        StopWorkers();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Starts, and stops when the token says so.</summary>
    /// <param name="cancellationToken">Ends the run in order: draining, then returning without an exception.</param>
    /// <exception cref="Exception">What a worker threw; the others have been stopped in order.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Start();
        await using (cancellationToken.UnsafeRegister(static engine => ((ForwardingEngine)engine!).StopWorkers(), this))
            await Completion;
    }

    /// <summary>The counters now. Every worker's part is consistent in itself, also while it runs.</summary>
    public EngineSnapshot Snapshot() => SnapshotBuilder.Build(_configured, _ports, _workers, _threads);

    /// <summary>Stops, and closes what the engine itself opened.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_starting)
            _disposed = true;
        await StopAsync();
        _meter?.Dispose();
        _monitor?.Dispose();
        foreach (Worker worker in _workers)
            worker.Dispose();
    }

    private static int CountWorkers(IReadOnlyList<Port> ports)
    {
        if (ports.Count is 0 or > MaximumPorts)
            throw new ArgumentException($"An engine has 1 to {MaximumPorts} ports, not {ports.Count}.", nameof(ports));
        int workers = ports[0].Queues.Count;
        if (ports.Distinct().Count() < ports.Count)
            throw new ArgumentException("A port is there twice; each queue has one worker.", nameof(ports));
        foreach (Port port in ports)
        {
            if (port.Queues.Count != workers)
            {
                throw new ArgumentException(
                    $"Port {port.State.Name} has {port.Queues.Count} queues but {ports[0].State.Name} has {workers}; give all ports the same number.",
                    nameof(ports));
            }
        }

        return workers;
    }

    private static IPacketStage[] MakeStages(Func<IReadOnlyList<IPacketStage>> stages)
    {
        IReadOnlyList<IPacketStage> made = stages();
        if (made is null || made.Contains(null!))
            throw new ArgumentException("It must make a list of stages, none of them null.", nameof(stages));
        return [.. made];
    }

    private Worker MakeWorker(int index, IPacketStage[] stages, EngineOptions options)
    {
        IPacketQueue[] queues = [.. _configured.Select(port => port.Queues[index])];
        return new Worker(index, queues, stages, _ports, new IdleSpin(options.Spin, options.TimeProvider))
        {
            QueueClosed = port => _ports.ReportRemoved(port),
        };
    }

    private void StopWorkers()
    {
        foreach (WorkerThread thread in _threads)
            thread.Stop();
    }

    private void Fail(Exception failure)
    {
        Volatile.Write(ref _failure, failure);
        StopWorkers();
    }

    private async Task CompleteAsync()
    {
        Task[] ended = [.. _threads.Select(thread => thread.Ended)];
        await Task.WhenAll(ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _monitor?.RequestStop();
        StopSteering();
        if (Array.Find(ended, task => task.IsFaulted) is { } failed)
            _completion.SetException(failed.Exception!.InnerExceptions);
        else if (Volatile.Read(ref _failure) is { } failure)
            _completion.SetException(failure);
        else
            _completion.SetResult();
    }
}
