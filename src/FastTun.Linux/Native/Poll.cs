using System.Runtime.InteropServices;
using Tmds.Linux;

namespace FastTun.Linux.Native;

/// <summary>What poll.h declares, as far as it is used here; Tmds.LibC's poll forgets errno.</summary>
internal static unsafe partial class Poll
{
    public const short POLLIN = 0x001;
    public const short POLLOUT = 0x004;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(pollfd* fds, nuint nfds, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ppoll(pollfd* fds, nuint nfds, timespec* timeout, sigset_t* ss);
}
