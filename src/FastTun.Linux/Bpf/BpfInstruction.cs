using System.Runtime.InteropServices;

namespace FastTun.Linux.Bpf;

/// <summary>One instruction as the kernel reads it (struct bpf_insn), on a little-endian machine.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction
{
    private readonly byte _code;
    private readonly byte _registers;
    private readonly short _jump;
    private readonly int _value;

    /// <summary>Composes one; what its code does not use is zero.</summary>
    public BpfInstruction(int code, BpfRegister to = 0, BpfRegister from = 0, int jump = 0, int value = 0)
    {
        _code = (byte)code;
        _registers = (byte)((int)to | (int)from << 4);
        _jump = checked((short)jump);
        _value = value;
    }
}
