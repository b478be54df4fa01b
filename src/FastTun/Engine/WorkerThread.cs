using FastTun.Linux;

namespace FastTun.Engine;

/// <summary>
/// The thread that drives one worker, from start to the end of draining:
/// <code>
///   Start ──▶ running ──Stop──▶ draining ──(a round found nothing, or the time is up)──▶ ended
///                │                  │
///                └── an exception ──┴──▶ ended, with Failure
/// </code>
/// </summary>
internal sealed class WorkerThread
{
    private readonly Worker _worker;
    private readonly EngineOptions _options;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private ThreadClock? _clock;
    private volatile bool _stopping;

    public WorkerThread(Worker worker, EngineOptions options)
    {
        _worker = worker;
        _options = options;
        _thread = new Thread(Run) { IsBackground = true, Name = $"{options.Name}-{worker.Index}" };
    }

    /// <summary>Completes when the thread has ended; faulted with what the worker threw.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The thread's processor time since it began to forward. Any thread.</summary>
    public TimeSpan CpuTime => Volatile.Read(ref _clock)?.Elapsed ?? TimeSpan.Zero;

    // Unsafe: the thread needs nobody's execution context, and must not keep one alive.
    public void Start() => _thread.UnsafeStart();

    /// <summary>Asks the thread to drain and end. Any thread, any number of times.</summary>
    public void Stop()
    {
        _stopping = true;
        _worker.Wake();
    }

    private void Run()
    {
        try
        {
            Forward();
            _ended.SetResult();
        }
        catch (Exception exception)
        {
            _ended.SetException(exception);
        }
    }

    private void Forward()
    {
        try
        {
            if (_options.Processors is { } processors)
                CurrentThread.Pin(new CpuSet(processors.ElementAt(_worker.Index % processors.Count)));
            Volatile.Write(ref _clock, ThreadClock.StartNew());
            _worker.Enter();
            while (!_stopping)
                _worker.RunOnce(mayBlock: true);
            Drain();
        }
        finally
        {
            _worker.Leave();
            _clock?.Stop();
        }
    }

    // What has arrived before the stop is forwarded; what goes on arriving only until the time is up.
    private void Drain()
    {
        long began = _options.TimeProvider.GetTimestamp();
        while (_worker.RunOnce(mayBlock: false) > 0 && _options.TimeProvider.GetElapsedTime(began) < _options.DrainTimeout)
        {
        }
    }
}
