using FastTun.Linux;
using FastTun.Queues;

namespace FastTun.Engine;

/// <summary>
/// Which of a worker's ports to serve next: those that epoll finds ready, and those that said they were not drained. A port
/// whose queue has closed is watched no more. An eventfd in the same set wakes the worker for control.
/// </summary>
internal sealed class WaitSet : IDisposable
{
    private const int ControlKey = -1;

    private readonly Epoll _epoll;
    private readonly EventFd _control = new();
    private readonly IPacketQueue[] _queues;
    private readonly int[] _keys;
    private readonly bool[] _ready;
    private readonly int[] _serve;
    private int _undrained;

    public WaitSet(IPacketQueue[] queues)
    {
        _queues = queues;
        _keys = new int[queues.Length + 1];
        _ready = new bool[queues.Length];
        _serve = new int[queues.Length];
        _epoll = new Epoll(_keys.Length);
        _epoll.Add(_control.Descriptor, ControlKey);
        for (int port = 0; port < queues.Length; port++)
            _epoll.Add(queues[port].Readiness, port);
    }

    /// <summary>How many system calls waiting has cost. Written by the worker's thread.</summary>
    public long Waits { get; private set; }

    /// <summary>Makes the wait that sleeps now, or else the next one, return. Any thread.</summary>
    public void Wake() => _control.Signal();

    /// <summary>The ports to serve, each once, the lowest first. Sleeps only when none is known to be undrained.</summary>
    public ReadOnlySpan<int> Wait(bool mayBlock)
    {
        int count = _epoll.Wait(_keys, mayBlock && _undrained == 0 ? -1 : 0);
        Waits++;
        foreach (int key in _keys.AsSpan(0, count))
        {
            if (key == ControlKey)
                _control.Reset();
            else
                _ready[key] = true;
        }

        return Collect();
    }

    /// <summary>Hears what a port's queue said after it was served.</summary>
    public void Report(int port, QueueStatus status)
    {
        _undrained -= _ready[port] ? 1 : 0;
        _ready[port] = status == QueueStatus.MoreMayWait;
        _undrained += _ready[port] ? 1 : 0;
        if (status == QueueStatus.Closed)
            _epoll.Remove(_queues[port].Readiness);
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _control.Dispose();
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
