using System.Runtime.InteropServices;
using Tmds.Linux;

namespace FastTun.Linux.Native;

/// <summary>The calls of sys/socket.h that move several messages, which Tmds.LibC lacks.</summary>
internal static unsafe partial class Mmsg
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int sendmmsg(int fd, mmsghdr* vmessages, uint vlen, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int recvmmsg(int fd, mmsghdr* vmessages, uint vlen, int flags, timespec* tmo);
}
