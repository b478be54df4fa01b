using System.Runtime.InteropServices;

namespace FastTun.Linux.Native;

/// <summary>Of unistd.h: becoming another program.</summary>
internal static unsafe partial class Exec
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int execvp(byte* file, byte** argv);
}
