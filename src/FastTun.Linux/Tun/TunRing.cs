using System.Diagnostics.CodeAnalysis;

namespace FastTun.Linux.Tun;

/// <summary>Whether queues of TUN and TAP devices can be read and written through an <see cref="IoUring"/>.</summary>
public static class TunRing
{
    /// <summary>Tries it, on a file of the driver that is no device yet; nothing is left of it.</summary>
    /// <param name="reason">Why not, in one line.</param>
    public static bool IsAvailable([NotNullWhen(false)] out string? reason)
    {
        try
        {
            Require();
            reason = null;
            return true;
        }
        catch (LinuxException refusal)
        {
            reason = refusal.Message;
            return false;
        }
    }

    /// <summary>The same, for who cannot do without.</summary>
    /// <exception cref="LinuxException">It cannot be; the message says why, and what can be done instead.</exception>
    public static void Require()
    {
        IoUring.Try();
        using FileDescriptor file = TunDevice.OpenFile(TunDeviceOptions.DefaultDevicePath);
        using var ring = new IoUring(1, file);
        ring.TryPrepareRead(0, GC.AllocateArray<byte>(1, pinned: true), tag: 0);
        ring.Submit(waitFor: 1).OrThrow("io_uring_enter");

        // A file without a device answers EBADFD to who may ask; before Linux 6.4 none may that does not want to wait.
        if (!ring.TryTake(out IoCompletion read) || read.Result.Error != Errno.EBADFD)
        {
            throw new LinuxException("io_uring", TunDeviceOptions.DefaultDevicePath, Errno.ENOSYS,
                "this kernel's TUN driver, older than Linux 6.4, cannot be asked without waiting; use epoll");
        }
    }
}
