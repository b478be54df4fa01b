using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Sockets;

/// <summary>Waiting that another thread can end with an <see cref="EventFd"/>, to the nanosecond (ppoll(2)).</summary>
public static unsafe class InterruptibleWait
{
    /// <summary>
    /// Waits for time to pass, as precisely as the thread's timer slack allows (see <see
    /// cref="CurrentThread.MinimizeTimerSlack"/>).
    /// </summary>
    /// <param name="interrupt">What ends the wait early.</param>
    /// <param name="nanoseconds">How long; 0 or more.</param>
    /// <returns>Whether it was interrupted.</returns>
    public static bool ForTime(EventFd interrupt, long nanoseconds)
    {
        ArgumentNullException.ThrowIfNull(interrupt);
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        var awaited = new pollfd { fd = interrupt.Descriptor.Number, events = Poll.POLLIN };
        var timeout = new timespec { tv_sec = nanoseconds / 1_000_000_000, tv_nsec = (long_t)(nanoseconds % 1_000_000_000) };
        Wait(&awaited, 1, &timeout);
        return awaited.revents != 0;
    }

    /// <summary>Waits until a socket has room to send, or an error to report.</summary>
    /// <param name="socket">Whose room.</param>
    /// <param name="interrupt">What ends the wait early.</param>
    /// <returns>Whether it was interrupted.</returns>
    public static bool ForRoom(DatagramSocket socket, EventFd interrupt)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(interrupt);
        pollfd* awaited = stackalloc pollfd[2];
        awaited[0] = new pollfd { fd = interrupt.Descriptor.Number, events = Poll.POLLIN };
        awaited[1] = new pollfd { fd = socket.Descriptor.Number, events = Poll.POLLOUT };
        Wait(awaited, 2, null);
        return awaited[0].revents != 0;
    }

    // A signal ends the wait early; every caller looks again anyway.
    private static void Wait(pollfd* awaited, int count, timespec* timeout)
    {
        SysResult result = SysResult.FromReturn(Poll.ppoll(awaited, (nuint)count, timeout, null));
        if (result.Error != Errno.EINTR)
            result.OrThrow("ppoll");
    }
}
