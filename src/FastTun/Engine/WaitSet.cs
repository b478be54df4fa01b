using FastTun.Linux;
using FastTun.Queues;

namespace FastTun.Engine;

/// <summary>
/// Which of a worker's ports to serve next: those that are readable, and those that said they were not drained. A port
/// whose queue has closed is watched no more. An eventfd in the same set wakes the worker for control.
/// </summary>
internal sealed class WaitSet : IDisposable
{
    private const int ControlKey = -1;

    // Measured: epoll costs a worker some 200 ns a packet and its sender as much, because each packet wakes the set
    // even while it is at work; poll costs 100 ns a port and look, 300 ns a port and sleep, and nothing else.
    private const int MostPortsToPoll = 8;

    private readonly IPoller _poller;
    private readonly EventFd _control = new();
    private readonly IPacketQueue[] _queues;
    private readonly int[] _keys;
    private readonly bool[] _ready;
    private readonly int[] _serve;
    private IdleSpin _spin;
    private int _undrained;

    public WaitSet(IPacketQueue[] queues, IdleSpin spin = default)
    {
        _queues = queues;
        _spin = spin;
        _keys = new int[queues.Length + 1];
        _ready = new bool[queues.Length];
        _serve = new int[queues.Length];
        _poller = queues.Length <= MostPortsToPoll ? new PollSet(_keys.Length) : new Epoll(_keys.Length);
        _poller.Add(_control.Descriptor, ControlKey);
        for (int port = 0; port < queues.Length; port++)
            _poller.Add(queues[port].Readiness, port);
    }

    /// <summary>How many system calls waiting has cost. Written by the worker's thread.</summary>
    public long Waits { get; private set; }

    /// <summary>Makes the wait that sleeps now, or else the next one, return. Any thread.</summary>
    public void Wake() => _control.Signal();

    /// <summary>The ports to serve, each once, the lowest first. Sleeps only when none is known to be undrained.</summary>
    public ReadOnlySpan<int> Wait(bool mayBlock)
    {
        if (mayBlock && _undrained == 0)
            SpinThenSleep();
        else
            Look(timeoutMs: 0);
        return Collect();
    }

    /// <summary>Hears what a port's queue said after it was served.</summary>
    public void Report(int port, QueueStatus status)
    {
        _undrained -= _ready[port] ? 1 : 0;
        _ready[port] = status == QueueStatus.MoreMayWait;
        _undrained += _ready[port] ? 1 : 0;
        if (status == QueueStatus.Closed)
            _poller.Remove(_queues[port].Readiness);
    }

    public void Dispose()
    {
        _poller.Dispose();
        _control.Dispose();
    }

    private void SpinThenSleep()
    {
        bool found = false;
        _spin.Begin();
        while (!found && _spin.GoesOn())
            found = Look(timeoutMs: 0);
        if (!found)
            Look(timeoutMs: -1);
        _spin.End();
    }

    private bool Look(int timeoutMs)
    {
        int count = _poller.Wait(_keys, timeoutMs);
        Waits++;
        foreach (int key in _keys.AsSpan(0, count))
        {
            if (key == ControlKey)
                _control.Reset();
            else
                _ready[key] = true;
        }

        return count > 0;
    }

    private ReadOnlySpan<int> Collect()
    {
        int count = 0;
        for (int port = 0; port < _ready.Length; port++)
        {
            if (_ready[port])
                _serve[count++] = port;
        }

        _undrained = count;
        return _serve.AsSpan(0, count);
    }
}
