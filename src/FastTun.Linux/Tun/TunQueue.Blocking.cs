using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Tun;

// Reading and writing for programs that want one packet at a time and not the engine. A reader sleeps in poll until the
// queue is readable, closed or the read cancelled. The last two are events that stay signalled, so one that comes
// between the look and the sleep ends the sleep at once: no wake-up is lost.
public sealed unsafe partial class TunQueue
{
    private EventFd? _closed;

    /// <summary>Waits for the next packet and takes it. Several threads may wait; each packet goes to one.</summary>
    /// <param name="buffer">Receives the packet; what does not fit is lost.</param>
    /// <param name="timeout">How long to wait at most, to the millisecond; null for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The bytes read, or 0 when the time ran out: no packet is empty.</returns>
    /// <exception cref="ArgumentException">The buffer is empty, or the timeout negative.</exception>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed, or was while this waited.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public int Read(Span<byte> buffer, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            throw new ArgumentException("the buffer is empty", nameof(buffer));
        if (timeout < TimeSpan.Zero)
            throw new ArgumentException("the timeout is negative", nameof(timeout));
        long now = Environment.TickCount64;
        long deadline = timeout is { } span ? now + (long)Math.Ceiling(span.TotalMilliseconds) : long.MaxValue;

        EventFd closed = ClosedEvent();
        using var closedLease = new DescriptorLease(closed.Descriptor);
        using var queueLease = new DescriptorLease(Descriptor);
        using EventFd? cancelled = cancellationToken.CanBeCanceled ? new EventFd() : null;
        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static signal => ((EventFd)signal!).Signal(), cancelled);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SysResult result = TryRead(buffer);
            if (result.Error != Errno.EAGAIN)
                return OrThrow(result, "read");
            long left = deadline - Environment.TickCount64;
            if (left <= 0)
                return 0;
            Sleep(closed, cancelled, deadline == long.MaxValue ? -1 : (int)Math.Min(left, int.MaxValue));
        }
    }

    /// <summary>Gives the kernel one packet, whole or not at all.</summary>
    /// <param name="packet">A packet, or of a TAP a frame.</param>
    /// <exception cref="LinuxException">
    /// EIO: the device is down; EINVAL: this is no packet; EBADFD: the device is gone.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public void Write(ReadOnlySpan<byte> packet)
    {
        using var lease = new DescriptorLease(Descriptor);
        OrThrow(TryWrite(packet), "write");
    }

    private EventFd ClosedEvent()
    {
        lock (_closing)
        {
            ObjectDisposedException.ThrowIf(Descriptor.IsClosed, this);
            return _closed ??= new EventFd();
        }
    }

    private void Sleep(EventFd closed, EventFd? cancelled, int timeoutMs)
    {
        pollfd* descriptors = stackalloc pollfd[]
        {
            new pollfd { fd = Descriptor.Number, events = Poll.POLLIN },
            new pollfd { fd = closed.Descriptor.Number, events = Poll.POLLIN },
            new pollfd { fd = cancelled?.Descriptor.Number ?? -1, events = Poll.POLLIN },
        };
        SysResult result = SysResult.FromReturn(Poll.poll(descriptors, 3, timeoutMs));
        if (result.Error != Errno.EINTR)
            result.OrThrow("poll");
    }

    // Under a lease EBADF has one cause: Dispose took the number away.
    private int OrThrow(SysResult result, string operation)
    {
        ObjectDisposedException.ThrowIf(result.Error == Errno.EBADF, this);

        // The words for it are made only where they are needed: this is on the way of every packet.
        return result.IsSuccess
            ? result.OrThrow(operation)
            : result.OrThrow(operation, $"queue {Index}", TunHints.Transfer(result.Error));
    }
}
