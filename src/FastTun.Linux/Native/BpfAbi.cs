using System.Runtime.InteropServices;

namespace FastTun.Linux.Native;

/// <summary>
/// What linux/bpf.h, linux/bpf_common.h and linux/filter.h define, as far as it is used here (bpf(2)). The system call's
/// number is the architecture's own.
/// </summary>
internal static unsafe partial class BpfAbi
{
    public const byte BPF_LD = 0x00;
    public const byte BPF_JMP = 0x05;
    public const byte BPF_ALU64 = 0x07;

    public const byte BPF_ABS = 0x20;
    public const byte BPF_IND = 0x40;
    public const byte BPF_W = 0x00;
    public const byte BPF_H = 0x08;
    public const byte BPF_B = 0x10;

    public const byte BPF_ADD = 0x00;
    public const byte BPF_MUL = 0x20;
    public const byte BPF_AND = 0x50;
    public const byte BPF_LSH = 0x60;
    public const byte BPF_RSH = 0x70;
    public const byte BPF_MOD = 0x90;
    public const byte BPF_XOR = 0xa0;
    public const byte BPF_MOV = 0xb0;

    public const byte BPF_JA = 0x00;
    public const byte BPF_JEQ = 0x10;
    public const byte BPF_JNE = 0x50;
    public const byte BPF_EXIT = 0x90;

    public const byte BPF_K = 0x00;
    public const byte BPF_X = 0x08;

    public const int SKF_NET_OFF = -0x100000;

    public const int BPF_PROG_LOAD = 5;
    public const uint BPF_PROG_TYPE_SOCKET_FILTER = 1;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint bpf(nint number, int cmd, bpf_attr* attr, uint size);
}

/// <summary>
/// The argument of BPF_PROG_LOAD: the beginning of one member of a union that grows with the kernel, which takes any
/// length.
/// </summary>
internal struct bpf_attr
{
    public uint prog_type;
    public uint insn_cnt;
    public ulong insns;
    public ulong license;
}
