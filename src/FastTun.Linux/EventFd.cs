using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>
/// A wake-up that a wait set understands (eventfd(2)): any thread signals it, and it stays readable until it is reset.
/// Signals before a reset count as one.
/// </summary>
public sealed unsafe class EventFd : IDisposable
{
    /// <summary>Opens one, not signalled, non-blocking and close-on-exec.</summary>
    /// <exception cref="LinuxException">The process or the system has too many open files.</exception>
    public EventFd()
    {
        int fd = LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        Descriptor = new FileDescriptor(SysResult.FromReturn(fd).OrThrow("eventfd"));
    }

    /// <summary>Readable while signalled.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Makes it readable. Any thread may call this, also after <see cref="Dispose"/>, when it does nothing.</summary>
    public void Signal()
    {
        ulong one = 1;
        Transfer(write: true, &one);
    }

    /// <summary>Makes it unreadable again.</summary>
    public void Reset()
    {
        ulong count;
        Transfer(write: false, &count);
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    // The reference keeps the number from being closed, and given to another file, under a thread that signals late.
    private void Transfer(bool write, ulong* value)
    {
        bool held = false;
        try
        {
            Descriptor.DangerousAddRef(ref held);
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        ssize_t done = write ? LibC.write(Descriptor.Number, value, sizeof(ulong)) : LibC.read(Descriptor.Number, value, sizeof(ulong));

        // EAGAIN: the counter is full (it is readable already), or was empty (it is reset already).
        SysResult result = SysResult.FromReturn((nint)(long)done);
        if (held)
            Descriptor.DangerousRelease();
        if (!result.IsSuccess && result.Error != Errno.EAGAIN)
            throw new LinuxException(write ? "write" : "read", "eventfd", result.Error);
    }
}
