namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>Rare but rightful packets, made by scapy: a wire carries them byte for byte, a router but for the hop.</summary>
public class OddPacketTests
{
    private static readonly string[] Odd =
    [
        "IP(**v4, options=[IPOption_RR(routers=['0.0.0.0'] * 3)]) / udp",
        "IP(**v4, options=[IPOption_NOP()] * 40) / tcp",
        "*fragment(IP(**v4) / UDP(sport=4000, dport=4001) / (b'x' * 100), fragsize=40)",
        "IP(**v4, tos=0xb9) / udp",
        "IP(**v4, flags='DF', id=0) / udp",
        "IP(**v4, flags='evil') / udp",
        "IP(**v4, proto=253) / b'an experiment'",
        "IP(**v4) / UDP(sport=4000, dport=4001, chksum=0)",
        "IP(**v4) / UDP(sport=4000, dport=4001, len=9999)",
        "IP(**v4) / TCP(flags='FSRPAUEC', dataofs=15)",
        "IP(**v4) / b''",
        "IP(**v4, proto=6) / b'\\x00'",
        "IP(**v4) / IP(**v4) / udp",
        "bytes(IP(**v4) / udp) + b'behind the total length'",
        "IPv6(**v6, tc=0xb9, fl=0x12345) / udp",
        "IPv6(**v6) / IPv6ExtHdrHopByHop(options=[PadN(optdata=b'\\0' * 4)]) / udp",
        "IPv6(**v6) / IPv6ExtHdrRouting(addresses=['2001:db8::1']) / tcp",
        "IPv6(**v6) / IPv6ExtHdrDestOpt() / IPv6ExtHdrFragment(id=1, m=0) / udp",
        "*fragment6(IPv6(**v6) / IPv6ExtHdrFragment(id=2) / UDP(sport=4000, dport=4001) / (b'x' * 2000), 1280)",
        "IPv6(**v6, nh=59)",
        "IPv6(**v6, nh=50) / (b'x' * 40)",
        "IPv6(**v6) / IP(**v4) / udp",
    ];

    [Fact]
    public void A_wire_carries_them_byte_for_byte()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward();
        using CaptureFile capture = CaptureFile.Start(hosts.Right, "tb");
        string[] sent = ScapyPackets.Send(hosts.Left, "ta", Odd);
        capture.StopAt(sent.Length);
        Assert.Equal(sent, capture.Packets().Select(Convert.ToHexStringLower));
        forward.StopInOrder().AssertAllForwarded(sent.Length);
    }

    [Fact]
    public void A_router_takes_a_hop_and_leaves_the_rest()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward("--ttl");
        using CaptureFile capture = CaptureFile.Start(hosts.Right, "tb");
        string[] sent = ScapyPackets.Send(hosts.Left, "ta", Odd);
        capture.StopAt(sent.Length);
        Assert.Equal(sent.Select(WithoutHops), capture.Packets().Select(Convert.ToHexStringLower).Select(WithoutHops));
        Assert.All(capture.Packets(), packet => Assert.Equal(63, packet[packet[0] >> 4 == 4 ? 8 : 7]));
        Assert.Empty(capture.Read("ip.checksum.status == 0"));
        forward.StopInOrder().AssertAllForwarded(sent.Length);
    }

    // Without what a hop changes: the time to live and the header checksum of IPv4, the hop limit of IPv6.
    private static string WithoutHops(string digits) =>
        digits[0] == '4' ? digits[..16] + digits[18..20] + digits[24..] : digits[..14] + digits[16..];
}
