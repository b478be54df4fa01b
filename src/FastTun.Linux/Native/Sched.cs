using System.Runtime.InteropServices;

namespace FastTun.Linux.Native;

/// <summary>What sched.h and sys/wait.h declare, as far as Tmds.LibC lacks it.</summary>
internal static unsafe partial class Sched
{
    public const int CLONE_VM = 0x00000100;
    public const int CLONE_VFORK = 0x00004000;
    public const int CLONE_NEWUSER = 0x10000000;

    public const int __WALL = 0x40000000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int clone(delegate* unmanaged<void*, int> fn, void* stack, int flags, void* arg);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int pid, int* stat_loc, int options);
}
