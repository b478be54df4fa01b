using System.Runtime.InteropServices;

namespace FastTun.Linux.Native;

/// <summary>What sys/mman.h declares, as far as it is used here; a failed mmap answers -1 as a pointer.</summary>
internal static unsafe partial class Mman
{
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;

    public const int MAP_SHARED = 1;
    public const int MAP_POPULATE = 0x8000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial void* mmap(void* addr, nuint len, int prot, int flags, int fd, nint offset);

    [LibraryImport("libc")]
    public static partial int munmap(void* addr, nuint len);
}
