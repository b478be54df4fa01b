using FastTun.Linux.Tun;

namespace FastTun.Linux.Tests.Tun;

/// <summary>A thread for each queue that answers pings, until it is disposed of, which closes the queues.</summary>
internal sealed class Answering : IDisposable
{
    private readonly IReadOnlyList<TunQueue> _queues;
    private readonly List<Thread> _threads = [];

    public Answering(IReadOnlyList<TunQueue> queues, int headerBytes)
    {
        _queues = queues;
        foreach (TunQueue queue in queues)
        {
            var thread = new Thread(() => Echo.Answer(queue, headerBytes)) { IsBackground = true };
            thread.Start();
            _threads.Add(thread);
        }
    }

    public void Dispose()
    {
        foreach (TunQueue queue in _queues)
            queue.Dispose();
        foreach (Thread thread in _threads)
            thread.Join();
    }
}
