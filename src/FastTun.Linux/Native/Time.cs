using System.Runtime.InteropServices;
using Tmds.Linux;

namespace FastTun.Linux.Native;

/// <summary>time.h: what Tmds.LibC lacks of it.</summary>
internal static unsafe partial class Time
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int clock_gettime(int clockid, timespec* tp);
}
