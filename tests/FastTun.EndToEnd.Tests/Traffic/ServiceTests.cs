namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>
/// A service behind another address and port: the left host reaches port 5201 of the right one as port 80 of 203.0.113.1
/// and of 2001:db8:113::1, by TCP and by UDP. All else of those addresses stays as it is.
/// </summary>
public class ServiceTests
{
    private const string Service = "203.0.113.1", ServiceV6 = "2001:db8:113::1";

    private static readonly string[] Rules =
    [
        "--ttl",
        "--rewrite", "destination 203.0.113.1:80 to 198.19.0.1:5201 at ta",
        "--rewrite", "source 198.19.0.1:5201 to 203.0.113.1:80 at tb",
        "--rewrite", "destination [2001:db8:113::1]:80 to [2001:db8:19::1]:5201 at ta",
        "--rewrite", "source [2001:db8:19::1]:5201 to [2001:db8:113::1]:80 at tb",
    ];

    public static TheoryData<string> Addresses => [Service, ServiceV6];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_answers_there_and_all_checksums_are_right(int queues)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = Forward(hosts, left: false, right: false, queues);
        using CaptureFile left = CaptureFile.Start(hosts.Left, "ta"), right = CaptureFile.Start(hosts.Right, "tb");
        foreach (string address in new[] { Service, ServiceV6 })
        {
            Iperf.Run(hosts, address, "-p", "80", "-n", "300K");
            Iperf.Run(hosts, address, "-p", "80", "-u", "-b", "20M", "-n", "300K", "-l", "1400");
        }

        foreach ((CaptureFile capture, int here, int there) in new[] { (left, 80, 5201), (right, 5201, 80) })
        {
            capture.StopAt(packets: 500);
            Assert.Empty(capture.Complaints());
            // An error quotes what its sender received: payloads are not rewritten.
            Assert.Empty(capture.Read($"!icmp && !icmpv6 && (tcp.port == {there} || udp.port == {there})"));
            foreach (string version in new[] { "ip", "ipv6" })
            {
                Assert.NotEmpty(capture.Read($"{version} && tcp.port == {here} && tcp.checksum.status == 1"));
                Assert.NotEmpty(capture.Read($"{version} && udp.port == {here} && udp.checksum.status == 1"));
            }
        }

        Assert.Empty(forward.StopInOrder().TotalDrops);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Unfinished_checksums_and_super_packets_arrive_right(bool leftOffload, bool rightOffload)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = Forward(hosts, leftOffload, rightOffload);
        foreach (string address in new[] { Service, ServiceV6 })
        {
            Iperf.Run(hosts, address, "-p", "80", "-n", "3M", "--bidir");
            Iperf.Run(hosts, address, "-p", "80", "-u", "-b", "20M", "-n", "300K", "-l", "1400");
        }

        Assert.Empty(forward.StopInOrder().TotalDrops);
        KernelCounters.AssertNoWrongChecksum(hosts.Left);
        KernelCounters.AssertNoWrongChecksum(hosts.Right);
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Fragments_follow_the_one_that_has_the_ports(string address)
    {
        // In datagrams of 4000 bytes only the first of three fragments says which port.
        using var hosts = new QuietHosts();
        using RunningCommand forward = Forward(hosts, left: false, right: false);
        using CaptureFile right = CaptureFile.Start(hosts.Right, "tb");
        var end = Iperf.Run(hosts, address, "-p", "80", "-u", "-b", "20M", "-n", "400K", "-l", "4000");
        Assert.Equal(0, end.GetProperty("sum").GetProperty("lost_packets").GetInt64());
        right.StopAt(packets: 300);
        Assert.Empty(right.Complaints());
        Assert.NotEmpty(right.Read("ip.frag_offset > 0 || ipv6.fraghdr.offset > 0"));
        Assert.Empty(forward.StopInOrder().TotalDrops);
    }

    [Fact]
    public void Other_ports_and_protocols_stay_as_they_are()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = Forward(hosts, left: false, right: false);
        using CaptureFile right = CaptureFile.Start(hosts.Right, "tb");
        ScapyPackets.Send(
            hosts.Left,
            "ta",
            "IP(src='198.18.0.1', dst='203.0.113.1') / UDP(sport=4000, dport=81)",
            "IP(src='198.18.0.1', dst='203.0.113.1') / TCP(sport=80, dport=4000)",
            "IP(src='198.18.0.1', dst='203.0.113.1', proto=132) / bytes([15, 160, 0, 80] + 8 * [0])", // SCTP to port 80
            "IP(src='198.18.0.1', dst='203.0.113.1') / ICMP()",
            "IP(src='198.18.0.1', dst='203.0.113.1') / UDP(sport=4000, dport=80, chksum=0)",
            "IP(src='198.18.0.1', dst='203.0.113.1') / UDP(sport=4000, dport=80, chksum=0x1234)");
        right.StopAt(packets: 6);

        // Field values of Wireshark's: 3 is "not present", 0 is "bad", 1 is "good".
        // An error that a datagram meets there quotes it.
        const string fromLeft = "ip.src == 198.18.0.1 && !(icmp.type == 3)";
        string[] sent = right.Read(fromLeft, "ip.dst", "udp.dstport", "udp.checksum.status");
        Assert.Equal(
            [
                "203.0.113.1\t81\t1", "203.0.113.1\t\t", "203.0.113.1\t\t", "203.0.113.1\t\t",
                "198.19.0.1\t5201\t3", "198.19.0.1\t5201\t0",
            ],
            sent);
        forward.StopInOrder();
    }

    private static RunningCommand Forward(QuietHosts hosts, bool left, bool right, int queues = 1) => hosts.ForwardPorts(
        "address=198.18.0.1,address=2001:db8:18::1,route=203.0.113.0/24,route=2001:db8:113::/64"
            + $",queues={queues},{QuietHosts.Offload(left)}",
        "address=198.19.0.1/24,address=2001:db8:19::1/64,route=198.18.0.0/24,route=2001:db8:18::/64"
            + $",queues={queues},{QuietHosts.Offload(right)}",
        Rules);
}
