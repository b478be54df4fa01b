using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>Formatting is part of the product: traces and failing tests are read by people.</summary>
public class PacketFormatterTests
{
    private static readonly PacketBuilder Four = new() { Payload = [1, 2, 3] };
    private static readonly PacketBuilder Six = Four with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    [Fact]
    public void Tcp()
    {
        Assert.Equal(
            "IP (ttl 64) 192.0.2.1.1024 > 198.51.100.1.2048: Flags [S], seq 7, win 64240, length 3",
            PacketFormatter.Format(Four.Tcp(TcpFlags.Syn, 7)));
        Assert.Equal(
            "IP6 (hlim 64) 2001:db8::1.1024 > 2001:db8::2.2048: Flags [FP.], seq 7, ack 8, win 64240, length 3",
            PacketFormatter.Format(Six.Tcp(TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Ack, 7, 8)));
        Assert.Equal(
            "IP (ttl 64) 192.0.2.1.1024 > 198.51.100.1.2048: Flags [none], seq 1, win 64240, length 3",
            PacketFormatter.Format(Four.Tcp(TcpFlags.None)));
    }

    [Fact]
    public void Udp() => Assert.Equal(
        "IP (ttl 1) 192.0.2.1.1024 > 198.51.100.1.2048: UDP, length 3",
        PacketFormatter.Format((Four with { TimeToLive = 1 }).Udp()));

    [Fact]
    public void Icmp()
    {
        Assert.Equal(
            "IP (ttl 64) 192.0.2.1 > 198.51.100.1: ICMP EchoRequest, id 5, seq 6, length 11",
            PacketFormatter.Format(Four.Echo(5, 6)));
        Assert.Equal(
            "IP (ttl 64) 192.0.2.1 > 198.51.100.1: ICMP DestinationUnreachable, code 4, parameter 0x00000514, length 11",
            PacketFormatter.Format(Four.Icmp(3, 4, 1300)));
        Assert.Equal(
            "IP6 (hlim 64) 2001:db8::1 > 2001:db8::2: ICMP6 EchoReply, id 5, seq 6, length 11",
            PacketFormatter.Format(Six.Echo(5, 6, reply: true)));
        Assert.Equal(
            "IP6 (hlim 64) 2001:db8::1 > 2001:db8::2: ICMP6 200, code 1, parameter 0x00000002, length 11",
            PacketFormatter.Format(Six.Icmp(200, 1, 2)));
    }

    [Fact]
    public void FragmentsAndOthers()
    {
        Assert.Equal(
            "IP (ttl 64, offset 0+) 192.0.2.1.1024 > 198.51.100.1.2048: Udp fragment, length 11",
            PacketFormatter.Format((Four with { MoreFragments = true }).Udp()));
        Assert.Equal(
            "IP6 (hlim 64, offset 1448) 2001:db8::1 > 2001:db8::2: Udp fragment, length 11",
            PacketFormatter.Format((Six with { FragmentOffset = 1448 }).Udp()));
        Assert.Equal(
            "IP (ttl 64) 192.0.2.1 > 198.51.100.1: Gre, length 2",
            PacketFormatter.Format(Four.Wrap(IpProtocol.Gre, [1, 2])));
        Assert.Equal(
            "IP (ttl 64) 192.0.2.1 > 198.51.100.1: Tcp, length 1",
            PacketFormatter.Format(Four.Wrap(IpProtocol.Tcp, [1])));
        Assert.Equal(
            "IP (ttl 64) 192.0.2.1 > 198.51.100.1: 253, length 0",
            PacketFormatter.Format(Four.Wrap((IpProtocol)253, [])));
    }

    [Fact]
    public void Garbage()
    {
        Assert.Equal("Empty, 0 bytes: ", PacketFormatter.Format([]));
        Assert.Equal("BadVersion, 3 bytes: ff 00 01", PacketFormatter.Format([0xFF, 0, 1]));
        Assert.Equal("TooShort, 1 bytes: 45", PacketFormatter.Format([0x45]));
        string zeros = string.Join(' ', Enumerable.Repeat("00", 24));
        Assert.Equal("BadVersion, 2000 bytes: " + zeros, PacketFormatter.Format(new byte[2000]));
    }

    [Fact]
    public void Ethernet()
    {
        Assert.Equal(
            "02:00:00:00:00:01 > 02:00:00:00:00:02, vlan 7, Ipv4, length 49: " +
            "IP (ttl 64) 192.0.2.1.1024 > 198.51.100.1.2048: UDP, length 3",
            PacketFormatter.FormatEthernet(PacketBuilder.Ethernet(Four.Udp(), vlan: 7)));
        Assert.Equal(
            "00:00:00:00:00:00 > 00:00:00:00:00:00, Arp, length 14: " +
            "NotIp, 14 bytes: 00 00 00 00 00 00 00 00 00 00 00 00 08 06",
            PacketFormatter.FormatEthernet([.. new byte[12], 8, 6]));
        Assert.Equal("TooShort, 2 bytes: 01 02", PacketFormatter.FormatEthernet([1, 2]));
    }
}
