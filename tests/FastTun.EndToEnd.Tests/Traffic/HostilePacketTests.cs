namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>Packets that are not right, through real devices: each is dropped and counted, and the rest goes on.</summary>
public class HostilePacketTests
{
    [Fact]
    public void Each_is_counted_for_its_reason_and_the_rest_goes_on()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward();
        string[] sent = ScapyPackets.Send(
            hosts.Left,
            "ta",
            "b'\\x45'",
            "b'\\x60'",
            "bytes(IP(**v4) / udp)[:19]",
            "bytes(IPv6(**v6) / udp)[:39]",
            "IP(**v4, version=5) / udp",
            "IP(**v4, version=0) / udp",
            "b'\\xff' * 1500",
            "IP(**v4, ihl=4) / udp",
            "IP(**v4, ihl=15)",
            "IP(**v4, len=19) / udp",
            "IP(**v4, len=1000) / udp",
            "IPv6(**v6, plen=1000) / udp",
            "IP(**v4, chksum=1) / udp",
            "IP(**v4, options=[IPOption_NOP()] * 4, chksum=1) / udp",
            "IPv6(**v6, nh=0) / b'\\x11\\xff.x.x.x'",
            "IPv6(**v6, nh=44) / b'\\x11'",
            "bytes(IP(**v4) / udp) + b'\\0' * 8972");
        Assert.Equal("EMSGSIZE", sent[^1]);
        Assert.DoesNotContain(sent[..^1], line => line.StartsWith('E'));

        hosts.Ping(5);
        RunResult result = forward.StopInOrder();
        Assert.Equal(sent.Length - 1 + 10, result.Total("packets_received"));
        Assert.Equal(10, result.Total("packets_transmitted"));
        result.AssertDropped(
            ("too_short", 4),
            ("bad_version", 3),
            ("bad_header_length", 2),
            ("bad_total_length", 3),
            ("bad_header_checksum", 2),
            ("bad_extension_headers", 2));
    }

    [Fact]
    public void What_is_longer_than_the_way_out_is_wide_is_dropped()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.ForwardPorts("mtu=9000", "mtu=1500");
        ScapyPackets.Send(
            hosts.Left,
            "ta",
            "IP(**v4) / (b'x' * 1480)",
            "IP(**v4) / (b'x' * 1481)",
            "IPv6(**v6) / (b'x' * 8960)");
        RunResult result = forward.StopInOrder();
        Assert.Equal((3, 1), (result.Total("packets_received"), result.Total("packets_transmitted")));
        result.AssertDropped(("exceeds_mtu", 2));
    }

    [Fact]
    public void A_router_drops_what_may_go_no_further()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward("--ttl");
        ScapyPackets.Send(
            hosts.Left,
            "ta",
            "*[IP(**v4, ttl=hops) / udp for hops in range(3)]",
            "*[IPv6(**v6, hlim=hops) / udp for hops in range(3)]");
        RunResult result = forward.StopInOrder();
        Assert.Equal((6, 2), (result.Total("packets_received"), result.Total("packets_transmitted")));
        result.AssertDropped(("time_to_live_exceeded", 4));
    }
}
