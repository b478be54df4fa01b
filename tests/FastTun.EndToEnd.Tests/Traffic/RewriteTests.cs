namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>
/// Addresses rewritten on the way: the left host knows the right one, and only that, by an address of 203.0.113.0/24 and of
/// 2001:db8:113::/64. All checksums stay right, and connections work.
/// </summary>
public class RewriteTests
{
    private const string PublicAddress = "203.0.113.1", PublicAddressV6 = "2001:db8:113::1";

    private static readonly string[] Rules =
    [
        "--ttl",
        "--rewrite", "destination 203.0.113.0/24 to 198.19.0.0/24 at ta",
        "--rewrite", "source 198.19.0.0/24 to 203.0.113.0/24 at tb",
        "--rewrite", "destination 2001:db8:113::/64 to 2001:db8:19::/64 at ta",
        "--rewrite", "source 2001:db8:19::/64 to 2001:db8:113::/64 at tb",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Checksums_stay_right_on_both_sides(int queues)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = Forward(hosts, queues, offload: false);
        using CaptureFile left = CaptureFile.Start(hosts.Left, "ta"), right = CaptureFile.Start(hosts.Right, "tb");
        Assert.Contains($"from {PublicAddress}: ", hosts.Ping(10, PublicAddress));
        Assert.Contains($"from {PublicAddressV6}: ", hosts.Ping(10, PublicAddressV6));
        foreach (string address in new[] { PublicAddress, PublicAddressV6 })
        {
            Iperf.Run(hosts, address, "-n", "300K");
            Iperf.Run(hosts, address, "-u", "-b", "20M", "-n", "300K", "-l", "1400");
        }

        foreach (CaptureFile capture in new[] { left, right })
        {
            capture.StopAt(packets: 500);
            Assert.Empty(capture.Complaints());
        }

        // An error quotes what its sender received: payloads are not rewritten.
        const string notAnError = "!(icmp.type == 3 || icmpv6.type == 1)";
        Assert.Empty(left.Read($"(ip.addr == 198.19.0.0/24 || ipv6.addr == 2001:db8:19::/64) && {notAnError}"));
        Assert.Empty(right.Read("ip.addr == 203.0.113.0/24 || ipv6.addr == 2001:db8:113::/64"));
        Assert.Empty(forward.StopInOrder().TotalDrops);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Unfinished_checksums_are_right_in_the_end(bool leftOffload, bool rightOffload)
    {
        // A kernel does not look at a checksum that it is told to be unfinished: who finishes it, or cuts, gets it right.
        using var hosts = new QuietHosts();
        using RunningCommand forward = Forward(hosts, 1, leftOffload, rightOffload);
        foreach (string address in new[] { PublicAddress, PublicAddressV6 })
        {
            Iperf.Run(hosts, address, "-n", "3M", "--bidir");
            Iperf.Run(hosts, address, "-u", "-b", "20M", "-n", "300K", "-l", "1400");
        }

        Assert.Empty(forward.StopInOrder().TotalDrops);
        KernelCounters.AssertNoWrongChecksum(hosts.Left);
        KernelCounters.AssertNoWrongChecksum(hosts.Right);
    }

    [Fact]
    public void Fragments_are_put_together_behind_the_rewriting()
    {
        // The checksum of a fragmented datagram is in its first fragment and covers all: the far kernel verifies it.
        using var hosts = new QuietHosts();
        using RunningCommand forward = Forward(hosts, 1);
        hosts.Ping(5, PublicAddress, "-s", "4000");
        hosts.Ping(5, PublicAddressV6, "-s", "4000");
        forward.StopInOrder().AssertAllForwarded(packets: 2 * 5 * 3 * 2);
    }

    [Fact]
    public void A_datagram_without_a_checksum_gets_none_and_a_wrong_one_stays_wrong()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = Forward(hosts, 1);
        using CaptureFile right = CaptureFile.Start(hosts.Right, "tb");
        ScapyPackets.Send(
            hosts.Left,
            "ta",
            "IP(**v4) / UDP(sport=4000, dport=4001, chksum=0)",
            "IP(**v4) / UDP(sport=4000, dport=4001, chksum=0x1234)",
            "IP(**v4) / udp");
        right.StopAt(packets: 3);

        // Field values of Wireshark's: 3 is "not present", 0 is "bad", 1 is "good".
        string[] verdicts = right.Read("udp", "ip.dst", "udp.checksum.status");
        Assert.Equal(["198.19.0.9\t3", "198.19.0.9\t0", "198.19.0.9\t1"], verdicts);
        forward.StopInOrder().AssertAllForwarded(packets: 3);
    }

    private static RunningCommand Forward(QuietHosts hosts, int queues, bool offload = true) =>
        Forward(hosts, queues, offload, offload);

    private static RunningCommand Forward(QuietHosts hosts, int queues, bool left, bool right) => hosts.ForwardPorts(
        "address=198.18.0.1,address=2001:db8:18::1,route=203.0.113.0/24,route=2001:db8:113::/64"
            + $",queues={queues},{QuietHosts.Offload(left)}",
        "address=198.19.0.1/24,address=2001:db8:19::1/64,route=198.18.0.0/24,route=2001:db8:18::/64"
            + $",queues={queues},{QuietHosts.Offload(right)}",
        Rules);
}
