using System.Net;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>TAP ports: <c>fasttun forward</c> is a cable between two Ethernet interfaces.</summary>
public class TapTests
{
    private const string Left = "mode=tap,mac=02:00:00:00:00:0a,address=198.18.0.1/24,address=2001:db8:18::1/64";
    private const string Right = "mode=tap,mac=02:00:00:00:00:0b,address=198.18.0.2/24,address=2001:db8:18::2/64";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_cable_carries_all_of_Ethernet(int queues)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.ForwardPorts(
            $"{Left},queues={queues},offload=false", $"{Right},queues={queues},offload=false");
        using CaptureFile capture = CaptureFile.Start(hosts.Right, "tb");

        // The first waits for its neighbour's link address.
        hosts.Ping(1, "198.18.0.2");
        hosts.Ping(1, "2001:db8:18::2");
        hosts.Ping(20, "198.18.0.2", "-s", "1472", "-M", "do");
        hosts.Ping(20, "2001:db8:18::2", "-s", "1452", "-M", "do");
        Iperf.Run(hosts, "198.18.0.2", "-n", "500K", "-P", "4");
        capture.StopAt(packets: 200);
        Assert.Empty(capture.Complaints());
        Assert.NotEmpty(capture.Read("arp.opcode == 2"));
        Assert.NotEmpty(capture.Read("icmpv6.type == 136"));
        Assert.Empty(forward.StopInOrder().TotalDrops);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Super_packets_cross_behind_their_Ethernet_headers(bool leftOffload, bool rightOffload)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.ForwardPorts(
            $"{Left},{QuietHosts.Offload(leftOffload)}", $"{Right},{QuietHosts.Offload(rightOffload)}", "--ttl");
        Assert.Equal(TcpStream.Hash, TcpStream.Receive(hosts, IPAddress.Parse("198.18.0.2")));
        RunResult result = forward.StopInOrder();
        string[] forbidden = ["bad_offload", "exceeds_mtu", "output_rejected"];
        Assert.Empty(result.TotalDrops.Keys.Intersect(forbidden));
    }

    [Fact]
    public void Frames_of_any_kind_cross_byte_for_byte()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.ForwardPorts(Left, Right);
        using CaptureFile capture = CaptureFile.Start(hosts.Right, "tb");
        string[] sent = ScapyPackets.Send(
            hosts.Left,
            "ta",
            "Ether(dst='02:00:00:00:00:0b') / Dot1Q(vlan=7) / IP(**v4) / (b'x' * 1480)",
            "Ether(dst='02:00:00:00:00:0b') / Dot1AD(vlan=7) / Dot1Q(vlan=8) / IPv6(**v6) / udp",
            "Ether(dst='01:80:c2:00:00:0e', type=0x88cc) / (b'x' * 50)",
            "Ether(dst='02:00:00:00:00:0b', type=0x88b5)");
        Eventually.Holds(() => sent.All(frame => capture.Packets().Select(Convert.ToHexStringLower).Contains(frame)));
        Assert.Empty(forward.StopInOrder().TotalDrops);
    }

    [Fact]
    public void With_ttl_frames_that_are_IP_lose_a_hop_and_others_pass()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.ForwardPorts(Left, Right, "--ttl");
        Assert.Contains("ttl=63", hosts.Ping(5, "198.18.0.2"));
        Assert.Equal(0, forward.StopInOrder().TotalDrops.GetValueOrDefault("too_short"));
    }
}
