using System.Diagnostics.CodeAnalysis;
using FastTun.Linux.Native;

namespace FastTun.Linux;

/// <content>Whether there are rings at all, what one refers to, and its end.</content>
public sealed unsafe partial class IoUring
{
    /// <summary>
    /// Whether the calling thread can have a ring, by making one and submitting to it. Containers, seccomp filters and
    /// kernel.io_uring_disabled often refuse that, each at a place of its own.
    /// </summary>
    /// <param name="reason">Why not, in one line.</param>
    public static bool IsAvailable([NotNullWhen(false)] out string? reason)
    {
        try
        {
            Try();
            reason = null;
            return true;
        }
        catch (LinuxException refusal)
        {
            reason = refusal.Message;
            return false;
        }
    }

    /// <summary>
    /// Ends it, with the operations that still wait. On the thread that it belongs to, its files are closed on return;
    /// on another the kernel does that somewhat later. What was prepared and not submitted is forgotten.
    /// </summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _prepared = *_sqHead;
        TryAdd(new io_uring_sqe
        {
            opcode = IoUringAbi.IORING_OP_ASYNC_CANCEL,
            rw_flags = IoUringAbi.IORING_ASYNC_CANCEL_ALL | IoUringAbi.IORING_ASYNC_CANCEL_ANY,
        });
        Submit();
        _ = IoUringAbi.io_uring_register(
            IoUringAbi.SYS_io_uring_register, _descriptor.Number, IoUringAbi.IORING_UNREGISTER_FILES, null, 0);
        _isDisposed = true;
        Close();
    }

    /// <summary>As <see cref="IsAvailable"/>, for who takes an exception.</summary>
    /// <exception cref="LinuxException">The calling thread cannot have a ring; the message says why.</exception>
    internal static void Try()
    {
        using var ring = new IoUring(1);
        ring.TryPrepareNop(1);
        SysResult submitted = ring.Submit(waitFor: 1);
        submitted.OrThrow("io_uring_enter", null, SetupHint(submitted.Error));
        if (!ring.TryTake(out IoCompletion nop) || !nop.Result.IsSuccess)
            throw new LinuxException("io_uring", "nop", Errno.EIO, "the ring takes operations and does not do them");
    }

    private static string? SetupHint(Errno error) => error switch
    {
        Errno.EPERM or Errno.EACCES =>
            "io_uring is forbidden here, by a seccomp filter or kernel.io_uring_disabled; use epoll",
        Errno.ENOSYS => "this kernel, or the container's seccomp filter, has no io_uring; use epoll",
        Errno.EINVAL => "this kernel's io_uring is older than Linux 6.1; use epoll",
        Errno.ENOMEM => "there is no memory for a ring, or 'ulimit -l' is too low",
        _ => null,
    };

    // The kernel then need not look up and hold each file for each operation.
    private void Register(ReadOnlySpan<FileDescriptor> files)
    {
        if (files.IsEmpty)
            return;
        var numbers = new int[files.Length];
        for (int i = 0; i < files.Length; i++)
            numbers[i] = files[i].Number;
        fixed (int* first = numbers)
        {
            SysResult.FromReturn(IoUringAbi.io_uring_register(
                IoUringAbi.SYS_io_uring_register,
                _descriptor.Number,
                IoUringAbi.IORING_REGISTER_FILES,
                first,
                (uint)numbers.Length)).OrThrow("io_uring_register", $"{numbers.Length} files");
        }
    }

    private void Close()
    {
        _operations?.Dispose();
        _rings?.Dispose();
        _descriptor.Dispose();
    }
}
