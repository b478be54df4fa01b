using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>ping through <c>fasttun forward</c>: answered, intact, and counted to the packet.</summary>
public class ForwardedPingTests
{
    [Theory]
    [InlineData(1, false, true)]
    [InlineData(1, true, false)]
    [InlineData(2, false, false)]
    [InlineData(2, true, true)]
    public void Every_ping_is_answered_and_every_packet_counted(int queues, bool isRouter, bool offload)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues, offload, offload, isRouter ? ["--ttl"] : []);
        string timeToLive = isRouter ? "ttl=63" : "ttl=64";
        string[] answers =
        [
            hosts.Ping(20),
            hosts.Ping(20, QuietHosts.RightAddressV6),
            hosts.Ping(20, QuietHosts.RightAddress, "-s", "1472", "-M", "do"),
            hosts.Ping(20, QuietHosts.RightAddressV6, "-s", "1400", "-M", "do"),
        ];
        Assert.All(answers, answer => Assert.Equal(20, answer.Split(timeToLive).Length - 1));
        forward.StopInOrder().AssertAllForwarded(packets: 4 * 20 * 2);
    }

    [Fact]
    public void A_flood_loses_nothing()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward();
        string answer = hosts.Left.Run("ping", "-f", "-q", "-c", "2000", QuietHosts.RightAddress).OrThrow().Output;
        Assert.Contains("2000 packets transmitted", answer);

        // A flooding ping does not wait for the last answers.
        Eventually.Holds(() => hosts.Left.Routes.GetLink("ta").Statistics!.ReceivedPackets == 2000);
        forward.StopInOrder().AssertAllForwarded(packets: 2 * 2000);
    }

    [Theory]
    [InlineData(68)]
    [InlineData(9000)]
    [InlineData(65535)]
    public void A_packet_as_long_as_the_MTU_passes_whatever_that_is(int mtu)
    {
        // A ping's headers are 28 bytes. Below 1280 there is no IPv6 (RFC 8200 section 5), so the devices get none.
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.ForwardPorts(
            $"address={QuietHosts.LeftAddress} peer {QuietHosts.RightAddress},mtu={mtu}",
            $"address={QuietHosts.RightAddress} peer {QuietHosts.LeftAddress},mtu={mtu}");
        hosts.Ping(3, QuietHosts.RightAddress, "-s", $"{mtu - 28}", "-M", "do");
        RunResult result = forward.StopInOrder();
        result.AssertAllForwarded(packets: 6);
        Assert.Equal(6 * mtu, result.Total("bytes_transmitted"));
    }

    [Fact]
    public void Datagrams_that_the_sender_fragments_arrive_whole()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward("--ttl");
        hosts.Ping(5, QuietHosts.RightAddress, "-s", "4000");
        hosts.Ping(5, QuietHosts.RightAddressV6, "-s", "4000");

        // 4008 bytes of ICMP are three fragments at an MTU of 1500, either way.
        forward.StopInOrder().AssertAllForwarded(packets: 2 * 5 * 3 * 2);
    }
}
