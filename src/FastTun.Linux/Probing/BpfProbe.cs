using System.Runtime.InteropServices;
using FastTun.Linux.Native;

namespace FastTun.Linux.Probing;

/// <summary>Whether an eBPF program can be loaded (bpf(2)): a socket filter that lets nothing through.</summary>
internal static unsafe class BpfProbe
{
    private const ulong MoveZeroToR0 = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
    private const ulong Exit = 0x95; // BPF_JMP | BPF_EXIT

    // asm/unistd_64.h and asm-generic/unistd.h: this number is the architecture's own.
    private static long Number => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;

    public static Capability Run()
    {
        ulong* program = stackalloc ulong[] { MoveZeroToR0, Exit };
        fixed (byte* license = "GPL\0"u8)
        {
            var load = new bpf_attr
            {
                prog_type = Bpf.BPF_PROG_TYPE_SOCKET_FILTER,
                insn_cnt = 2,
                insns = (ulong)program,
                license = (ulong)license,
            };
            nint loaded = (nint)Syscall.syscall(Number, Bpf.BPF_PROG_LOAD, &load, sizeof(bpf_attr));
            SysResult answer = SysResult.FromReturn(loaded);
            if (answer.IsSuccess)
                new FileDescriptor(answer.Value).Dispose();
            return Capability.Of("eBPF programs", answer, "", WayOut);
        }
    }

    private static string WayOut(Errno error) => error switch
    {
        Errno.ENOSYS => "this kernel was built without bpf(2)",
        Errno.EPERM => "needs CAP_BPF, or 'sysctl -w kernel.unprivileged_bpf_disabled=0'; a user namespace does not help",
        _ => "unexpected",
    };
}
