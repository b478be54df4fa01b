using System.Net;
using System.Net.Sockets;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary><c>fasttun reflect</c> against a real kernel: a mirror that answers for every address behind it.</summary>
public sealed class ReflectTests : IDisposable
{
    private static readonly byte[] Message = "mirror, mirror"u8.ToArray();

    private readonly PrivateNetwork _host = QuietHosts.CreateHost();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_address_behind_it_answers_pings_and_what_arrives_is_clean(int queues)
    {
        using RunningCommand reflect = Reflect(queues);
        using CaptureFile capture = CaptureFile.Start(_host, "tun0");
        string[] targets =
            ["198.18.0.2", "203.0.113.1", "203.0.113.200", "2001:db8:18::2", "2001:db8:113::1", "2001:db8:113:0:ffff::"];
        foreach (string target in targets)
        {
            QuietHosts.Ping(_host, 5, target);
            QuietHosts.Ping(_host, 2, target, "-s", "1400");
        }

        capture.StopAt(packets: targets.Length * 7 * 2);
        Assert.Empty(capture.Complaints());
        Assert.Equal(targets.Length * 7, capture.Read("icmp.type == 0 || icmpv6.type == 129").Length);
        reflect.StopInOrder().AssertAllForwarded(targets.Length * 7);
    }

    [Theory]
    [InlineData("203.0.113.7", false)]
    [InlineData("203.0.113.7", true)]
    [InlineData("2001:db8:113::7", false)]
    [InlineData("2001:db8:113::7", true)]
    public void A_datagram_comes_back_from_whom_it_was_sent_to(string target, bool offload)
    {
        using RunningCommand reflect = Reflect(offload: offload);
        using CaptureFile capture = CaptureFile.Start(_host, "tun0");
        var peer = new IPEndPoint(IPAddress.Parse(target), 4242);
        using Socket socket = HostSocket.Create(_host, peer.Address, ProtocolType.Udp);
        socket.SendTo(Message, peer);
        byte[] received = new byte[100];
        EndPoint from = peer.Create(peer.Serialize());
        int length = socket.ReceiveFrom(received, ref from);
        Assert.Equal(peer, from);
        Assert.Equal(Message, received[..length]);
        AssertClean(capture.StopAt(packets: 2), offload);
        reflect.StopInOrder().AssertAllForwarded(packets: 1);
    }

    [Theory]
    [InlineData("203.0.113.7", false)]
    [InlineData("203.0.113.7", true)]
    [InlineData("2001:db8:113::7", false)]
    [InlineData("2001:db8:113::7", true)]
    public void A_connection_is_one_with_oneself(string target, bool offload)
    {
        // A SYN that comes back is a simultaneous open (RFC 9293 section 3.5), and what is sent afterwards is received.
        using RunningCommand reflect = Reflect(offload: offload);
        using CaptureFile capture = CaptureFile.Start(_host, "tun0");
        IPAddress address = IPAddress.Parse(target);
        using Socket socket = HostSocket.Create(_host, address, ProtocolType.Tcp);
        socket.Connect(address, 4242);
        socket.Send(Message);
        byte[] received = new byte[Message.Length];
        Assert.Equal(Message.Length, socket.Receive(received));
        Assert.Equal(Message, received);
        AssertClean(capture.StopAt(packets: 6), offload);
        Assert.Empty(reflect.StopInOrder().TotalDrops);
    }

    [Fact]
    public void What_no_single_host_may_answer_is_dropped()
    {
        using RunningCommand reflect = Reflect();
        ScapyPackets.Send(
            _host,
            "tun0",
            "IP(src='198.18.0.1', dst='224.0.0.1') / ICMP()",
            "IP(src='198.18.0.1', dst='255.255.255.255') / udp",
            "IP(src='0.0.0.0', dst='203.0.113.1') / udp",
            "IPv6(src='2001:db8:18::1', dst='ff02::1') / ICMPv6EchoRequest()",
            "IPv6(src='::', dst='2001:db8:113::1') / ICMPv6EchoRequest()",
            "IP(**v4, chksum=1) / ICMP()");
        RunResult result = reflect.StopInOrder();
        Assert.Equal((6, 0), (result.Total("packets_received"), result.Total("packets_transmitted")));
        result.AssertDropped(("not_unicast", 5), ("bad_header_checksum", 1));
    }

    public void Dispose() => _host.Dispose();

    // With offloads, checksums that the kernel leaves unfinished are seen so.
    private static void AssertClean(CaptureFile capture, bool offload) =>
        Assert.Empty(offload ? capture.Read("_ws.malformed || ip.checksum.status == 0") : capture.Complaints());

    private RunningCommand Reflect(int queues = 1, bool offload = true) => Command.Start(
        _host,
        "reflect",
        "tun0,address=198.18.0.1 peer 198.18.0.2,address=2001:db8:18::1 peer 2001:db8:18::2"
            + $",route=203.0.113.0/24,route=2001:db8:113::/64,queues={queues},{QuietHosts.Offload(offload)}");
}
