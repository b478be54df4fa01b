using System.Runtime.InteropServices;

namespace FastTun.Linux.Native;

/// <summary>System calls that the C library has no function for.</summary>
internal static unsafe partial class Syscall
{
    public const long SYS_io_uring_setup = 425;

    [LibraryImport("libc", SetLastError = true)]
    public static partial long syscall(long sysno, long first, void* second, long third);
}
