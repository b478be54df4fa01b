using System.Runtime.InteropServices;
using FastTun.Linux.Native;

namespace FastTun.Linux.Bpf;

/// <summary>
/// A BPF program that the kernel has verified and holds (bpf(2)). What it is attached to keeps it too, so it may be
/// disposed of as soon as it is attached.
/// </summary>
public sealed unsafe class BpfProgram : IDisposable
{
    private BpfProgram(FileDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>What stands for the program.</summary>
    public FileDescriptor Descriptor { get; }

    internal static int SystemCall => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.X86 => 357,
        Architecture.Arm => 386,
        Architecture.S390x => 351,
        Architecture.Ppc64le => 361,
        _ => 280, // include/uapi/asm-generic/unistd.h, which all newer architectures share
    };

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    /// <summary>Loads a program that is given a packet and answers a number.</summary>
    /// <param name="instructions">The program.</param>
    /// <exception cref="LinuxException">EPERM: the process may not load programs. EINVAL, EACCES: it is no
    /// program that the kernel's verifier takes.</exception>
    internal static BpfProgram LoadSocketFilter(ReadOnlySpan<BpfInstruction> instructions)
    {
        fixed (BpfInstruction* first = instructions)
        fixed (byte* license = "MIT\0"u8)
        {
            var request = new bpf_attr
            {
                prog_type = BpfAbi.BPF_PROG_TYPE_SOCKET_FILTER,
                insn_cnt = (uint)instructions.Length,
                insns = (ulong)first,
                license = (ulong)license,
            };
            nint loaded = BpfAbi.bpf(SystemCall, BpfAbi.BPF_PROG_LOAD, &request, (uint)sizeof(bpf_attr));
            SysResult result = SysResult.FromReturn(loaded);
            return new BpfProgram(new FileDescriptor(result.OrThrow("bpf BPF_PROG_LOAD", null, Hint(result.Error))));
        }
    }

    private static string? Hint(Errno error) => error switch
    {
        Errno.EPERM => "loading a program needs CAP_BPF outside of any user namespace; run as root, or do without it",
        Errno.ENOSYS => "this kernel, or the container's seccomp filter, has no bpf",
        _ => null,
    };
}
