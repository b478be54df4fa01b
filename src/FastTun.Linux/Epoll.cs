using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>
/// A wait set (epoll(7)) of descriptors, each known by a number that its owner chose. Waiting is for one thread; adding and
/// removing may happen on any.
/// </summary>
public sealed unsafe class Epoll : IDisposable
{
    private readonly FileDescriptor _descriptor;
    private readonly epoll_event[] _events;

    /// <summary>Opens an empty wait set.</summary>
    /// <param name="capacity">How many descriptors one wait reports at most; the others are reported by the next.</param>
    /// <exception cref="LinuxException">The process or the system has too many open files.</exception>
    public Epoll(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _descriptor = new FileDescriptor(
            SysResult.FromReturn(LibC.epoll_create1(LibC.EPOLL_CLOEXEC)).OrThrow("epoll_create1"));
        _events = GC.AllocateArray<epoll_event>(capacity, pinned: true);
    }

    /// <summary>Waits for a descriptor to become readable (level-triggered); errors and hang-ups count as readable.</summary>
    /// <param name="descriptor">What to watch; it must stay open until it is removed.</param>
    /// <param name="key">What <see cref="Wait"/> reports for it.</param>
    /// <exception cref="LinuxException">The descriptor cannot be waited for, or is here already.</exception>
    public void Add(FileDescriptor descriptor, int key)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var interest = new epoll_event { events = LibC.EPOLLIN };
        interest.data.u64 = (ulong)key;
        Control(LibC.EPOLL_CTL_ADD, "epoll_ctl ADD", descriptor, &interest);
    }

    /// <summary>Stops watching a descriptor. One that has been closed is not watched any more, and nothing is done.</summary>
    /// <param name="descriptor">A descriptor that was added.</param>
    /// <exception cref="LinuxException">It was not added.</exception>
    public void Remove(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (descriptor.IsClosed)
            return;
        epoll_event unused;
        Control(LibC.EPOLL_CTL_DEL, "epoll_ctl DEL", descriptor, &unused);
    }

    /// <summary>Sleeps until something is readable.</summary>
    /// <param name="readyKeys">Receives the keys of what is ready.</param>
    /// <param name="timeoutMs">How long to wait, in milliseconds; 0 only looks, -1 waits for ever.</param>
    /// <returns>How many keys were written: 0 when the time ran out or a signal came.</returns>
    public int Wait(Span<int> readyKeys, int timeoutMs)
    {
        int room = Math.Min(readyKeys.Length, _events.Length);
        fixed (epoll_event* events = _events)
        {
            SysResult result = SysResult.FromReturn(LibC.epoll_wait(_descriptor.Number, events, room, timeoutMs));
            int count = result.Error == Errno.EINTR ? 0 : result.OrThrow("epoll_wait");
            for (int i = 0; i < count; i++)
                readyKeys[i] = (int)events[i].data.u64;
            return count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    // A worker does this while packets flow: words are found only when they are needed.
    private void Control(int operation, string call, FileDescriptor descriptor, epoll_event* interest)
    {
        SysResult result =
            SysResult.FromReturn(LibC.epoll_ctl(_descriptor.Number, operation, descriptor.Number, interest));
        if (!result.IsSuccess)
            result.OrThrow(call, $"descriptor {descriptor.Number}");
    }
}
