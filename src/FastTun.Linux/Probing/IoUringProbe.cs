using FastTun.Linux.Native;

namespace FastTun.Linux.Probing;

/// <summary>Whether a ring can be made (io_uring_setup(2)).</summary>
internal static unsafe class IoUringProbe
{
    // struct io_uring_params, which must be zeros where nothing is asked for.
    private const int ParametersBytes = 120;

    public static Capability Run()
    {
        byte* parameters = stackalloc byte[ParametersBytes];
        new Span<byte>(parameters, ParametersBytes).Clear();
        SysResult answer = SysResult.FromReturn((nint)Syscall.syscall(Syscall.SYS_io_uring_setup, 4, parameters, 0));
        if (answer.IsSuccess)
            new FileDescriptor(answer.Value).Dispose();
        return Capability.Of("io_uring", answer, "", WayOut);
    }

    private static string WayOut(Errno error) => error switch
    {
        Errno.ENOSYS => "this kernel was built without io_uring, or the container's seccomp filter hides it",
        Errno.EPERM or Errno.EACCES =>
            "switched off: 'sysctl -w kernel.io_uring_disabled=0', or a container whose seccomp filter lets it through",
        Errno.ENOMEM => "the limit of locked memory is too low: 'ulimit -l unlimited'",
        _ => "unexpected",
    };
}
