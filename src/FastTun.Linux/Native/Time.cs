using System.Runtime.InteropServices;
using Tmds.Linux;

namespace FastTun.Linux.Native;

/// <summary>What time.h defines, as far as it is used here. Reading a clock never blocks.</summary>
internal static unsafe partial class Time
{
    public const int CLOCK_THREAD_CPUTIME_ID = 3;

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int clock_gettime(int clock, timespec* time);
}
