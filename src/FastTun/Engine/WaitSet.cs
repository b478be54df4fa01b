using FastTun.Linux;
using FastTun.Queues;

namespace FastTun.Engine;

/// <summary>
/// Which of a worker's ports to serve next: those that epoll finds readable, and those that said they were not drained,
/// which epoll does not watch meanwhile. A port whose queue has closed is watched no more. An eventfd in the same set wakes
/// the worker for control.
/// </summary>
internal sealed class WaitSet : IDisposable
{
    private const int ControlKey = -1;

    private readonly Epoll _epoll;
    private readonly EventFd _control = new();
    private readonly IPacketQueue[] _queues;
    private readonly int[] _keys;
    private readonly bool[] _ready;
    private readonly bool[] _busy;
    private readonly bool[] _watched;
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
        _busy = new bool[queues.Length];
        _watched = new bool[queues.Length];
        _epoll = new Epoll(_keys.Length);
        _epoll.Add(_control.Descriptor, ControlKey);
        for (int port = 0; port < queues.Length; port++)
            Watch(port, true);
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
        if (!_ready[port] || _busy[port])
            Watch(port, status == QueueStatus.Drained);
        _busy[port] = _ready[port];
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _control.Dispose();
    }

    // A descriptor in the set costs its sender a call into the set for each packet, even while the worker is at work, and
    // both of them a contended lock: 5 % of a small packet. So a port that is busy, undrained twice on end, is not in the
    // set. Nothing is missed, because epoll looks at what is added (epoll_ctl(2)). With poll(2) nobody is called while the
    // worker is at work, but it costs 300 ns a port and sleep: at half load a worker needs 7 % more.
    private void Watch(int port, bool on)
    {
        if (_watched[port] == on || _queues[port].Readiness.IsClosed)
            return;
        _watched[port] = on;
        if (on)
            _epoll.Add(_queues[port].Readiness, port);
        else
            _epoll.Remove(_queues[port].Readiness);
        Waits++;
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
        int count = _epoll.Wait(_keys, timeoutMs);
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
