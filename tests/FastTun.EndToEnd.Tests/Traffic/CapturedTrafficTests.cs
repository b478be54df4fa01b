using System.Net;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>
/// tshark, validating the checksums of IP, TCP, UDP and ICMP, looks at what arrives at a device without offloads. There the
/// kernel completes checksums before a packet is captured, so there is no excuse for a wrong one, wherever it came from.
/// </summary>
public class CapturedTrafficTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void Nothing_that_arrives_is_malformed_too_long_or_has_a_wrong_checksum(int queues, bool leftOffload)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues, leftOffload, right: false, "--ttl");
        using CaptureFile capture = CaptureFile.Start(hosts.Right, "tb");
        hosts.Ping(10);
        hosts.Ping(10, QuietHosts.RightAddressV6, "-s", "1400");
        Iperf.Run(hosts, QuietHosts.RightAddress, "-n", "500K", "-P", "4");
        Iperf.Run(hosts, QuietHosts.RightAddressV6, "-n", "500K");
        Iperf.Run(hosts, QuietHosts.RightAddress, "-u", "-b", "20M", "-n", "500K");
        Iperf.Run(hosts, QuietHosts.RightAddressV6, "-u", "-b", "20M", "-n", "500K", "-l", "1400");
        capture.StopAt(packets: 1000);
        RunResult result = forward.StopInOrder();
        Assert.Empty(capture.Complaints());
        Assert.All(capture.Packets(), packet => Assert.InRange(packet.Length, 1, 1500));
        Assert.Empty(result.TotalDrops);

        // The judge did look: at most packets it found something that it could call good.
        foreach (string layer in new[] { "ip", "tcp", "udp", "icmp", "icmpv6" })
            Assert.NotEmpty(capture.Read($"{layer}.checksum.status == 1"));
    }

    [Fact]
    public void A_wrong_checksum_that_is_sent_is_carried_as_it_is_and_the_judge_sees_it()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward("--ttl");
        using CaptureFile capture = CaptureFile.Start(hosts.Right, "tb");
        string[] sent = ScapyPackets.Send(
            hosts.Left,
            "ta",
            "IP(**v4) / udp",
            "IP(**v4) / UDP(sport=4000, dport=4001, chksum=0x1234) / b'payload.'",
            "IP(**v4) / TCP(sport=4000, dport=4001, chksum=0x1234)",
            "IPv6(**v6) / UDP(sport=4000, dport=4001, chksum=0x1234) / b'payload.'",
            "IPv6(**v6) / ICMPv6EchoRequest(cksum=0x1234)");
        capture.StopAt(sent.Length);
        Assert.Equal(["2", "3", "4", "5"], capture.Complaints().Select(line => line.Trim().Split(' ')[0]));
        forward.StopInOrder().AssertAllForwarded(sent.Length);
    }

    [Fact]
    public void The_commands_own_recording_is_clean_and_shows_each_packet_coming_and_going()
    {
        using var directory = new TemporaryDirectory();
        string file = directory["packets.pcapng"];
        using var hosts = new QuietHosts();
        using (RunningCommand forward = hosts.Forward(1, left: false, right: false, "--ttl", "--record", file))
        {
            hosts.Ping(10);
            Iperf.Run(hosts, QuietHosts.RightAddress, "-n", "200K");
            forward.StopInOrder();
        }

        Assert.Empty(CaptureFile.Complaints(file));
        string[] hops = CaptureFile.Read(file, "icmp.type == 8", "frame.interface_name", "ip.ttl");
        Assert.Equal([.. Enumerable.Repeat("ta\t64", 10), .. Enumerable.Repeat("tb\t63", 10)], hops.Order());
    }

    [Fact]
    public void A_recording_with_offloads_changes_nothing_and_shows_packets_whole()
    {
        using var directory = new TemporaryDirectory();
        string file = directory["packets.pcapng"];
        using var hosts = new QuietHosts();
        using (RunningCommand forward = hosts.Forward(1, left: true, right: true, "--ttl", "--record", file))
        {
            Assert.Equal(TcpStream.Hash, TcpStream.Receive(hosts, IPAddress.Parse(QuietHosts.RightAddress)));
            Assert.Empty(forward.StopInOrder().TotalDrops);
        }

        Assert.NotEmpty(CaptureFile.Read(file, "frame.interface_name == \"tb\" && ip.ttl == 63 && ip.len > 1500"));
        Assert.Empty(CaptureFile.Read(file, "_ws.malformed || ip.checksum.status == 0"));
    }
}
