using System.Runtime.InteropServices;
using Tmds.Linux;

namespace FastTun.Linux.Native;

/// <summary>What time.h defines, as far as it is used here. Reading a clock never blocks.</summary>
internal static unsafe partial class Time
{
    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int clock_gettime(int clock, timespec* time);
}
