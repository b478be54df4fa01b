using FastTun.Linux;
using FastTun.Linux.Tun;
using FastTun.Offload;

namespace FastTun.Tests.Offload;

/// <summary>What the self-test finds in this kernel, and in kernels with faults.</summary>
public class OffloadSelfTestTests
{
    public static TheoryData<TunOffloads> SuperPackets =>
        [TunOffloads.Tcp4, TunOffloads.Tcp6, TunOffloads.TcpEcn, TunOffloads.Udp4, TunOffloads.Udp6];

    [Fact]
    public void This_kernel_finishes_everything_rightly()
    {
        Assert.Equal(6, OffloadSelfTest.Findings.Count);
        Assert.All(OffloadSelfTest.Findings, finding => Assert.Equal(OffloadVerdict.Right, finding.Verdict));
        Assert.All(OffloadSelfTest.Findings, finding => Assert.True(finding.Capability.IsAvailable));
        Assert.Equal(TunOffloads.All, OffloadSelfTest.Usable(OffloadSelfTest.Findings));
        Assert.Same(OffloadSelfTest.Findings, OffloadSelfTest.Findings);
    }

    [Theory]
    [MemberData(nameof(SuperPackets))]
    public void A_kind_that_is_refused_is_not_used(TunOffloads kind) =>
        AssertFinds(kind, Errno.EINVAL, new PretendedKernel(KernelFault.Refuses, Exactly(kind)));

    [Theory]
    [MemberData(nameof(SuperPackets))]
    public void A_kind_that_is_lost_is_not_used(TunOffloads kind) =>
        AssertFinds(kind, Errno.ETIMEDOUT, new PretendedKernel(KernelFault.LosesTheLast, Exactly(kind)));

    [Theory]
    [MemberData(nameof(SuperPackets))]
    public void A_kind_that_is_harmed_is_not_used(TunOffloads kind) =>
        AssertFinds(kind, Errno.EBADMSG, new PretendedKernel(KernelFault.HarmsTheLast, Exactly(kind)));

    [Theory]
    [MemberData(nameof(SuperPackets))]
    public void A_fault_in_packets_whose_last_segment_is_short_is_found(TunOffloads kind) => AssertFinds(
        kind,
        Errno.EINVAL,
        new PretendedKernel(
            KernelFault.Refuses, (offload, packet) => Exactly(kind)(offload, packet) && Tail(offload, packet) != 0));

    [Theory]
    [MemberData(nameof(SuperPackets))]
    public void A_fault_in_packets_whose_last_segment_is_full_is_found(TunOffloads kind) => AssertFinds(
        kind,
        Errno.EBADMSG,
        new PretendedKernel(
            KernelFault.HarmsTheLast, (offload, packet) => Exactly(kind)(offload, packet) && Tail(offload, packet) == 0));

    [Fact]
    public void Without_partial_checksums_nothing_unfinished_is_used()
    {
        var kernel = new PretendedKernel(
            KernelFault.HarmsTheLast, (offload, _) => offload is { HasPartialChecksum: true, IsSuperPacket: false });
        Assert.Equal(TunOffloads.None, OffloadSelfTest.Usable(OffloadSelfTest.Run(kernel)));
    }

    [Fact]
    public void A_family_that_does_not_pass_at_all_is_no_fault_of_the_offloads()
    {
        var kernel = new PretendedKernel(KernelFault.LosesTheLast, (_, packet) => packet[0] >> 4 == 6);
        IReadOnlyList<OffloadFinding> findings = OffloadSelfTest.Run(kernel);
        Assert.Equal(
            [TunOffloads.Tcp6, TunOffloads.Udp6],
            findings.Where(finding => finding.Verdict == OffloadVerdict.Untested).Select(finding => finding.Offload));
        Assert.Equal(TunOffloads.All, OffloadSelfTest.Usable(findings));
    }

    private static void AssertFinds(TunOffloads kind, Errno error, PretendedKernel kernel)
    {
        IReadOnlyList<OffloadFinding> findings = OffloadSelfTest.Run(kernel);
        OffloadFinding wrong = Assert.Single(findings, finding => finding.Verdict == OffloadVerdict.Wrong);
        Assert.Equal((kind, error), (wrong.Offload, wrong.Capability.Error));
        Assert.Matches(@"\d+ bytes that make \d+ packets", wrong.Capability.Detail);
        Assert.Equal(OffloadNames.Describe(kind), wrong.Capability.Name);
        Assert.Equal(TunOffloads.All & ~kind, OffloadSelfTest.Usable(findings));
        Assert.All(findings.Except([wrong]), finding => Assert.Equal(OffloadVerdict.Right, finding.Verdict));
    }

    // With ECN it is ECN's fault alone.
    private static Func<PacketOffload, byte[], bool> Exactly(TunOffloads kind) => (offload, packet) =>
    {
        TunOffloads needed = offload.IsSuperPacket ? offload.Needed(packet[0]) : TunOffloads.None;
        bool hasEcn = needed.HasFlag(TunOffloads.TcpEcn);
        return kind == TunOffloads.TcpEcn ? hasEcn : !hasEcn && needed.HasFlag(kind);
    };

    private static int Tail(PacketOffload offload, byte[] packet) =>
        (packet.Length - offload.HeaderLength) % offload.SegmentSize;
}
