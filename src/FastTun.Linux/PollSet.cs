using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>
/// A wait set (poll(2)) of a few descriptors. The kernel knows of it only while somebody sleeps: what arrives while
/// its owner is at work costs the sender no wake-up, which with <see cref="Epoll"/> every packet does. In return each
/// wait costs in proportion to the descriptors. For one thread.
/// </summary>
public sealed unsafe class PollSet : IPoller
{
    // A place whose number is negative is passed over by the kernel.
    private static readonly pollfd Unused = new() { fd = -1, events = Poll.POLLIN };

    private readonly pollfd[] _polled;
    private readonly FileDescriptor?[] _descriptors;
    private readonly int[] _keys;

    /// <summary>Makes an empty wait set.</summary>
    /// <param name="capacity">How many descriptors it can watch.</param>
    public PollSet(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _polled = GC.AllocateArray<pollfd>(capacity, pinned: true);
        _polled.AsSpan().Fill(Unused);
        _descriptors = new FileDescriptor?[capacity];
        _keys = new int[capacity];
    }

    /// <inheritdoc/>
    public void Add(FileDescriptor descriptor, int key)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (Array.IndexOf(_descriptors, descriptor) >= 0)
            throw new LinuxException("poll", $"descriptor {descriptor.Number}", Errno.EEXIST);
        int place = Array.IndexOf(_descriptors, null);
        if (place < 0)
            throw new LinuxException("poll", $"descriptor {descriptor.Number}", Errno.ENOSPC, "the wait set is full");
        _descriptors[place] = descriptor;
        _keys[place] = key;
        _polled[place].fd = descriptor.Number;
    }

    /// <inheritdoc/>
    public void Remove(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        int place = Array.IndexOf(_descriptors, descriptor);
        if (place < 0)
            throw new LinuxException("poll", "descriptor", Errno.ENOENT);
        _descriptors[place] = null;
        _polled[place] = Unused;
    }

    /// <inheritdoc/>
    public int Wait(Span<int> readyKeys, int timeoutMs)
    {
        fixed (pollfd* polled = _polled)
        {
            SysResult result = timeoutMs == 0
                ? SysResult.FromSuppressedReturn(Poll.look(polled, (nuint)_polled.Length, 0))
                : SysResult.FromReturn(Poll.poll(polled, (nuint)_polled.Length, timeoutMs));
            return result.Error != Errno.EINTR && result.OrThrow("poll") > 0 ? Collect(readyKeys) : 0;
        }
    }

    /// <summary>Does nothing: the kernel keeps nothing of it between two waits.</summary>
    public void Dispose()
    {
    }

    private int Collect(Span<int> readyKeys)
    {
        int count = 0;
        for (int place = 0; place < _polled.Length && count < readyKeys.Length; place++)
        {
            if (_polled[place].revents != 0)
                readyKeys[count++] = _keys[place];
        }

        return count;
    }
}
