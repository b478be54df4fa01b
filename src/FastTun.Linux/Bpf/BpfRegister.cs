namespace FastTun.Linux.Bpf;

/// <summary>The registers of a BPF program, 64 bits each, by what they are for here (linux/bpf.h).</summary>
internal enum BpfRegister : byte
{
    /// <summary>R0: what a packet load finds, and what the program answers.</summary>
    Result = 0,

    /// <summary>R1: the context, when the program starts.</summary>
    Argument = 1,

    /// <summary>R6: the context again; packet loads take it from here, and lose R1 to R5.</summary>
    Context = 6,

    /// <summary>R7: free.</summary>
    A = 7,

    /// <summary>R8: free.</summary>
    B = 8,

    /// <summary>R9: free.</summary>
    C = 9,
}
