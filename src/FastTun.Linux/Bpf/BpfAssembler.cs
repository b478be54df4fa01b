using FastTun.Linux.Native;

namespace FastTun.Linux.Bpf;

/// <summary>
/// Writes a BPF program of a few instructions. Arithmetic is of 64 bits; numbers in instructions are of 32 and
/// sign-extended. Packet loads count from the network header, whatever lies before it; one that reaches beyond the
/// packet ends the program with the answer 0.
/// </summary>
internal sealed class BpfAssembler
{
    private readonly List<Func<int, BpfInstruction>> _instructions = [];

    /// <summary>A place to jump to, always further on: the kernel's verifier then needs no proof of an end.</summary>
    internal sealed class Label
    {
        public int? Place { get; set; }
    }

    public void Move(BpfRegister to, BpfRegister from) => Calculate(BpfAbi.BPF_MOV, to, from);

    public void Move(BpfRegister to, int value) => Calculate(BpfAbi.BPF_MOV, to, value);

    public void Add(BpfRegister to, BpfRegister from) => Calculate(BpfAbi.BPF_ADD, to, from);

    public void Xor(BpfRegister to, BpfRegister from) => Calculate(BpfAbi.BPF_XOR, to, from);

    public void Multiply(BpfRegister to, int value) => Calculate(BpfAbi.BPF_MUL, to, value);

    public void Modulo(BpfRegister to, int value) => Calculate(BpfAbi.BPF_MOD, to, value);

    public void And(BpfRegister to, int value) => Calculate(BpfAbi.BPF_AND, to, value);

    public void ShiftLeft(BpfRegister to, int bits) => Calculate(BpfAbi.BPF_LSH, to, bits);

    public void ShiftRight(BpfRegister to, int bits) => Calculate(BpfAbi.BPF_RSH, to, bits);

    /// <summary>Result = the byte at an offset.</summary>
    public void LoadByte(int offset) => Load(BpfAbi.BPF_ABS | BpfAbi.BPF_B, 0, offset);

    /// <summary>Result = the 16 bits at an offset, in the host's order.</summary>
    public void LoadHalf(int offset) => Load(BpfAbi.BPF_ABS | BpfAbi.BPF_H, 0, offset);

    /// <summary>Result = the 16 bits at a register's value and an offset, in the host's order.</summary>
    public void LoadHalf(BpfRegister start, int offset) => Load(BpfAbi.BPF_IND | BpfAbi.BPF_H, start, offset);

    /// <summary>Result = the 32 bits at an offset, in the host's order.</summary>
    public void LoadWord(int offset) => Load(BpfAbi.BPF_ABS | BpfAbi.BPF_W, 0, offset);

    public void Jump(Label target) => Jump(BpfAbi.BPF_JA, 0, 0, target);

    public void JumpIfEqual(BpfRegister left, int right, Label target) => Jump(BpfAbi.BPF_JEQ, left, right, target);

    public void JumpIfNotEqual(BpfRegister left, int right, Label target) => Jump(BpfAbi.BPF_JNE, left, right, target);

    /// <summary>Ends the program with what is in Result.</summary>
    public void Exit() => Emit(new BpfInstruction(BpfAbi.BPF_JMP | BpfAbi.BPF_EXIT));

    /// <summary>Says that a label is here.</summary>
    public void Mark(Label label) => label.Place = _instructions.Count;

    /// <summary>The program, with its jumps resolved.</summary>
    /// <exception cref="InvalidOperationException">A label that is jumped to is nowhere.</exception>
    public BpfInstruction[] Assemble() => [.. _instructions.Select((instruction, place) => instruction(place))];

    private void Calculate(int operation, BpfRegister to, BpfRegister from) =>
        Emit(new BpfInstruction(BpfAbi.BPF_ALU64 | BpfAbi.BPF_X | operation, to, from));

    private void Calculate(int operation, BpfRegister to, int value) =>
        Emit(new BpfInstruction(BpfAbi.BPF_ALU64 | BpfAbi.BPF_K | operation, to, value: value));

    private void Load(int kind, BpfRegister start, int offset) =>
        Emit(new BpfInstruction(BpfAbi.BPF_LD | kind, from: start, value: BpfAbi.SKF_NET_OFF + offset));

    // A jump counts from the instruction behind it.
    private void Jump(int kind, BpfRegister left, int right, Label target) => _instructions.Add(place =>
    {
        int to = target.Place ?? throw new InvalidOperationException("a jump goes to a label that is nowhere");
        return new BpfInstruction(BpfAbi.BPF_JMP | BpfAbi.BPF_K | kind, left, jump: to - place - 1, value: right);
    });

    private void Emit(BpfInstruction instruction) => _instructions.Add(_ => instruction);
}
