using FastTun.Linux;
using FastTun.Linux.Probing;
using FastTun.Linux.Tun;
using FastTun.Packets;

namespace FastTun.Offload;

/// <summary>
/// Gives the kernel each kind of unfinished packets and holds what it makes of them against what it should make,
/// byte for byte: some kernels refuse super-packets of some shapes only, or cut them wrong, and no negotiation tells.
/// Nothing is sent where anybody is: see <see cref="PrivateRouter"/>. Any thread.
/// </summary>
public static class OffloadSelfTest
{
    private static readonly Lazy<IReadOnlyList<OffloadFinding>> ThisKernel = new(TryThisKernel);

    // Bytes of payload, and of a segment. Linux 6.6.44 refuses a last segment that is shorter by more than the headers,
    // some kernels harm a last one of equal length; the longest lies in several of the kernel's pages.
    private static readonly (int Size, int SegmentSize)[] Shapes = [(1001, 1000), (2000, 1000), (59_500, 1000)];

    private static readonly TunOffloads[] Kinds =
    [
        TunOffloads.Checksum,
        TunOffloads.Tcp4,
        TunOffloads.Tcp6,
        TunOffloads.TcpEcn,
        TunOffloads.Udp4,
        TunOffloads.Udp6,
    ];

    /// <summary>
    /// One finding a kind. Tried when it is first asked for, in some milliseconds, and once in a process: the kernel
    /// remains the same. Never throws for what cannot be tried.
    /// </summary>
    public static IReadOnlyList<OffloadFinding> Findings => ThisKernel.Value;

    /// <summary>What need not be finished before the kernel is given it.</summary>
    /// <param name="findings">What was found out.</param>
    internal static TunOffloads Usable(IReadOnlyList<OffloadFinding> findings)
    {
        TunOffloads usable = TunOffloads.All;
        foreach (OffloadFinding finding in findings.Where(finding => finding.Verdict == OffloadVerdict.Wrong))
            usable &= ~finding.Offload;

        // A super-packet's checksum is partial.
        return usable.HasFlag(TunOffloads.Checksum) ? usable : TunOffloads.None;
    }

    /// <summary>Tries all kinds.</summary>
    /// <param name="loop">What finishes them and gives them back.</param>
    internal static IReadOnlyList<OffloadFinding> Run(IPacketLoop loop)
    {
        bool[] passes = [Passes(loop, isIpv6: false), Passes(loop, isIpv6: true)];
        return
        [
            .. from kind in Kinds
               let packets = Packets(kind).Where(packet => passes[packet.IsIpv6 ? 1 : 0])
               select Try(loop, kind, [.. packets]),
        ];
    }

    private static IReadOnlyList<OffloadFinding> TryThisKernel()
    {
        try
        {
            using var router = PrivateRouter.Open();
            return Run(router);
        }
        catch (LinuxException refused)
        {
            return [.. Kinds.Select(kind => Untested(kind, refused.Error, $"not tried: {refused.Message}"))];
        }
    }

    // Without this, a network that loses everything would look like a kernel that can do nothing.
    private static bool Passes(IPacketLoop loop, bool isIpv6) =>
        Fault(loop, new TrialPacket(GsoKind.None, IpProtocol.Udp, isIpv6, size: 100, 0).Finished()) is null;

    private static OffloadFinding Try(IPacketLoop loop, TunOffloads kind, TrialPacket[] packets)
    {
        if (packets.Length == 0)
            return Untested(kind, Errno.EAFNOSUPPORT, "not tried: not even finished packets pass the private network");
        foreach (TrialPacket packet in packets)
        {
            if (Fault(loop, packet) is ({ } error, { } detail))
                return Found(kind, OffloadVerdict.Wrong, error, detail);
        }

        return Found(kind, OffloadVerdict.Right, Errno.None, "tried, byte for byte");
    }

    private static (Errno Error, string Detail)? Fault(IPacketLoop loop, TrialPacket packet)
    {
        List<byte[]> expected = packet.Expected();
        string what = $"{packet.Bytes.Length} bytes that make {expected.Count} packets";
        SysResult written = loop.TryWrite(packet.ToWrite());
        if (!written.IsSuccess)
            return (written.Error, $"the kernel refuses {what}");
        byte[] buffer = new byte[VirtioNetHeader.Size + ushort.MaxValue];
        for (int index = 0; index < expected.Count;)
        {
            int length = loop.Read(buffer);
            if (length == 0)
                return (Errno.ETIMEDOUT, $"of {what}, no more than {index} came back");
            Span<byte> received = buffer.AsSpan(VirtioNetHeader.Size..length);
            if (!packet.IsOrigin(received))
                continue;
            if (!received.SequenceEqual(expected[index++]))
                return (Errno.EBADMSG, $"of {what}, packet {index} came back as something else");
        }

        return null;
    }

    private static IEnumerable<TrialPacket> Packets(TunOffloads kind) => kind switch
    {
        TunOffloads.Checksum =>
            from variant in Enumerable.Range(0, 4)
            let protocol = variant % 2 == 0 ? IpProtocol.Tcp : IpProtocol.Udp
            select new TrialPacket(GsoKind.None, protocol, isIpv6: variant > 1, size: 101, 0),
        TunOffloads.TcpEcn =>
            from packet in Packets(TunOffloads.Tcp4).Concat(Packets(TunOffloads.Tcp6))
            select packet.WithEcn(),
        _ =>
            from shape in Shapes
            let isIpv6 = kind is TunOffloads.Tcp6 or TunOffloads.Udp6
            let isUdp = kind is TunOffloads.Udp4 or TunOffloads.Udp6
            select new TrialPacket(
                isUdp ? GsoKind.Udp : isIpv6 ? GsoKind.Tcp6 : GsoKind.Tcp4,
                isUdp ? IpProtocol.Udp : IpProtocol.Tcp,
                isIpv6,
                shape.Size,
                shape.SegmentSize),
    };

    private static OffloadFinding Untested(TunOffloads kind, Errno error, string why) =>
        Found(kind, OffloadVerdict.Untested, error, why);

    private static OffloadFinding Found(TunOffloads kind, OffloadVerdict verdict, Errno error, string detail) =>
        new(kind, verdict, new Capability(OffloadNames.Describe(kind), error, detail));
}
