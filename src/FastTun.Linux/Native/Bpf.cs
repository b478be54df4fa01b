using System.Runtime.InteropServices;

namespace FastTun.Linux.Native;

/// <summary>What linux/bpf.h defines, as far as it is used here (bpf(2)).</summary>
internal static class Bpf
{
    public const int BPF_PROG_LOAD = 5;
    public const int BPF_PROG_TYPE_SOCKET_FILTER = 1;
}

/// <summary>The argument of bpf(2): its beginning, as BPF_PROG_LOAD reads it. The kernel takes what is behind as zeros.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr
{
    public uint prog_type;
    public uint insn_cnt;
    public ulong insns;
    public ulong license;
}
