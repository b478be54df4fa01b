using static FastTun.Linux.Bpf.BpfRegister;

namespace FastTun.Linux.Bpf;

/// <summary>
/// A program that gives each packet the hash of its flow, for a device's queues to be chosen by. Both directions of a
/// flow have the same hash, so on every device with the same number of queues they meet the same worker. Without a
/// program the driver remembers where each flow was written, and beyond 4096 flows every write takes one lock of the
/// device (tun_flow_update in tun.c); with one it neither hashes nor remembers what is written.
/// </summary>
public static class FlowSteering
{
    // 2^32 divided by the golden ratio, negated to fit 31 bits: odd, and spreads small differences over all bits.
    private const int Spread = 0x61C88647;

    // IPv4 (RFC 791) and IPv6 (RFC 8200) headers.
    private const int VersionOffset = 0;
    private const int FragmentOffset4 = 6, ProtocolOffset4 = 9, SourceOffset4 = 12, DestinationOffset4 = 16;
    private const int ProtocolOffset6 = 6, SourceOffset6 = 8, DestinationOffset6 = 24, HeaderBytes6 = 40;
    private const int MoreFragmentsAndOffset = 0x3FFF;
    private const int Tcp = 6, Udp = 17, Sctp = 132;

    /// <summary>
    /// Loads a program that hashes IPv4 and IPv6. Ports are those of TCP, UDP and SCTP. A fragment has none, nor has what
    /// follows an IPv6 extension header: all fragments of two hosts go one way. What is not IP is hashed to 0.
    /// </summary>
    /// <param name="parts">
    /// What to hash. Less than all is for devices between which addresses are translated: on each the parts that stay,
    /// such as <c>All &amp; ~SourceAddress</c> where the inside host sends and <c>All &amp; ~DestinationAddress</c>
    /// where it is answered.
    /// </param>
    /// <param name="queues">
    /// How many queues, from the first on, the flows are spread over: 1 or more, of which a device with fewer takes as
    /// many as it has. Null for all that the device has.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is not one queue.</exception>
    /// <exception cref="LinuxException">
    /// EPERM: the process may not load programs. It needs CAP_BPF outside of any user namespace.
    /// </exception>
    public static BpfProgram Load(FlowParts parts = FlowParts.All, int? queues = null)
    {
        if (queues is { } count)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(queues));
        return BpfProgram.LoadSocketFilter(Write(parts, queues));
    }

    // Each end of the flow (address and port) is hashed for itself, and the two are added: which of them is the source
    // makes no difference. A is the source end, B the destination end, C where the ports are.
    private static BpfInstruction[] Write(FlowParts parts, int? queues)
    {
        var code = new BpfAssembler();
        BpfAssembler.Label ipv6 = new(), ports = new(), protocol = new(), mix = new();
        code.Move(Context, Argument);
        code.Move(A, 0);
        code.Move(B, 0);

        code.LoadByte(VersionOffset);
        code.Move(C, Result);
        code.ShiftRight(Result, 4);
        code.JumpIfEqual(Result, 6, ipv6);
        code.JumpIfNotEqual(Result, 4, mix);

        WriteAddresses(code, parts, SourceOffset4, DestinationOffset4, words: 1);
        code.And(C, 15);
        code.ShiftLeft(C, 2);
        code.LoadHalf(FragmentOffset4);
        code.And(Result, MoreFragmentsAndOffset);
        code.JumpIfNotEqual(Result, 0, mix);
        code.LoadByte(ProtocolOffset4);
        code.Jump(protocol);

        code.Mark(ipv6);
        WriteAddresses(code, parts, SourceOffset6, DestinationOffset6, words: 4);
        code.Move(C, HeaderBytes6);
        code.LoadByte(ProtocolOffset6);

        code.Mark(protocol);
        code.JumpIfEqual(Result, Tcp, ports);
        code.JumpIfEqual(Result, Udp, ports);
        code.JumpIfNotEqual(Result, Sctp, mix);

        code.Mark(ports);
        WritePort(code, parts.HasFlag(FlowParts.SourcePort), A, 0);
        WritePort(code, parts.HasFlag(FlowParts.DestinationPort), B, 2);

        code.Mark(mix);
        WriteMix(code, A);
        WriteMix(code, B);
        code.Add(A, B);
        code.Multiply(A, Spread);
        code.ShiftRight(A, 32);
        if (queues is { } count)
            code.Modulo(A, count);
        code.Move(Result, A);
        code.Exit();
        return code.Assemble();
    }

    private static void WriteAddresses(BpfAssembler code, FlowParts parts, int source, int destination, int words)
    {
        for (int i = 0; i < words; i++)
        {
            if (parts.HasFlag(FlowParts.SourceAddress))
                WriteWord(code, A, source + 4 * i);
            if (parts.HasFlag(FlowParts.DestinationAddress))
                WriteWord(code, B, destination + 4 * i);
        }
    }

    private static void WriteWord(BpfAssembler code, BpfRegister end, int offset)
    {
        code.LoadWord(offset);
        code.Multiply(end, Spread);
        code.Add(end, Result);
    }

    // The port's own step comes after the address's, so that the two do not cancel out.
    private static void WritePort(BpfAssembler code, bool isHashed, BpfRegister end, int offset)
    {
        if (!isHashed)
            return;
        code.Multiply(end, Spread);
        code.LoadHalf(C, offset);
        code.Add(end, Result);
    }

    // Without the exclusive or it would all be linear, and the sums of different pairs of ends often the same.
    private static void WriteMix(BpfAssembler code, BpfRegister end)
    {
        code.Multiply(end, Spread);
        code.Move(Result, end);
        code.ShiftRight(Result, 29);
        code.Xor(end, Result);
    }
}
