using System.Runtime.InteropServices;
using Tmds.Linux;

namespace FastTun.Linux.Native;

/// <summary>
/// read(2), write(2) and writev(2) for descriptors that never block, which is all a queue's hot path does. An ordinary
/// P/Invoke (a GC transition, and errno saved) costs 10 to 20 % of the whole engine, so these do without: a collection
/// then waits for the one system call that is under way, which moves one packet. On a descriptor that can block it
/// would wait for ever.
/// </summary>
internal static unsafe partial class Unistd
{
    [LibraryImport("libc"), SuppressGCTransition]
    public static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial nint write(int fd, void* buf, nuint count);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial nint writev(int fd, iovec* iov, int iovcnt);

    [LibraryImport("libc")]
    public static partial int gettid();
}
