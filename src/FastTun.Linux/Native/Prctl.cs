using System.Runtime.InteropServices;

namespace FastTun.Linux.Native;

/// <summary>sys/prctl.h: settings of the calling thread (prctl(2)).</summary>
internal static partial class Prctl
{
    public const int PR_SET_TIMERSLACK = 29;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, ulong argument);
}
