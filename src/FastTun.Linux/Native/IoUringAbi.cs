using System.Runtime.InteropServices;

namespace FastTun.Linux.Native;

/// <summary>
/// What linux/io_uring.h defines, as far as it is used here (io_uring(7)). The C library has no functions for its system
/// calls, but their numbers are the same on every architecture.
/// </summary>
internal static unsafe partial class IoUringAbi
{
    public const int SYS_io_uring_setup = 425;
    public const int SYS_io_uring_enter = 426;
    public const int SYS_io_uring_register = 427;

    public const uint IORING_SETUP_SUBMIT_ALL = 1 << 7;
    public const uint IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    public const uint IORING_SETUP_DEFER_TASKRUN = 1 << 13;

    public const uint IORING_ENTER_GETEVENTS = 1;

    public const uint IORING_REGISTER_FILES = 2;
    public const uint IORING_UNREGISTER_FILES = 3;

    public const int IORING_OFF_SQ_RING = 0;
    public const int IORING_OFF_SQES = 0x10000000;

    public const byte IORING_OP_NOP = 0;
    public const byte IORING_OP_WRITEV = 2;
    public const byte IORING_OP_POLL_ADD = 6;
    public const byte IORING_OP_ASYNC_CANCEL = 14;
    public const byte IORING_OP_READ = 22;
    public const byte IORING_OP_WRITE = 23;

    public const byte IOSQE_FIXED_FILE = 1;

    public const uint IORING_ASYNC_CANCEL_ALL = 1;
    public const uint IORING_ASYNC_CANCEL_ANY = 4;

    public const uint RWF_NOWAIT = 8;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint io_uring_setup(nint number, uint entries, io_uring_params* p);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint io_uring_enter(
        nint number, int fd, uint to_submit, uint min_complete, uint flags, void* argp, nuint argsz);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint io_uring_register(nint number, int fd, uint opcode, void* arg, uint nr_args);
}

/// <summary>What setup is asked for, and where it says that everything lies.</summary>
internal unsafe struct io_uring_params
{
    public uint sq_entries;
    public uint cq_entries;
    public uint flags;
    public uint sq_thread_cpu;
    public uint sq_thread_idle;
    public uint features;
    public uint wq_fd;
    public fixed uint resv[3];
    public io_sqring_offsets sq_off;
    public io_cqring_offsets cq_off;
}

/// <summary>Where the submission ring's members are; what follows array has changed its name.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct io_sqring_offsets
{
    public uint head;
    public uint tail;
    public uint ring_mask;
    public uint ring_entries;
    public uint flags;
    public uint dropped;
    public uint array;
}

/// <summary>Where the completion ring's members are; what follows flags has changed its name.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct io_cqring_offsets
{
    public uint head;
    public uint tail;
    public uint ring_mask;
    public uint ring_entries;
    public uint overflow;
    public uint cqes;
    public uint flags;
}

/// <summary>One operation; rw_flags is a union with every other operation's flags.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct io_uring_sqe
{
    public byte opcode;
    public byte flags;
    public ushort ioprio;
    public int fd;
    public ulong off;
    public ulong addr;
    public uint len;
    public uint rw_flags;
    public ulong user_data;
}

/// <summary>What became of an operation: a value of zero or more, or a negative errno.</summary>
internal struct io_uring_cqe
{
    public ulong user_data;
    public int res;
    public uint flags;
}
