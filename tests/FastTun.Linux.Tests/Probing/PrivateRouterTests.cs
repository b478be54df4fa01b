using FastTun.Linux.Probing;
using FastTun.Linux.Tests.Tun;
using FastTun.TestKit;
using FastTun.TestKit.Packets;

namespace FastTun.Linux.Tests.Probing;

public sealed class PrivateRouterTests : IDisposable
{
    private const int HeaderBytes = 10, TimeToLive = 8;

    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("192.0.2.1", "198.51.100.1", TimeToLive)]
    [InlineData("2001:db8:1::1", "2001:db8:2::1", 7)]
    public void What_is_written_comes_back_a_hop_older(string source, string destination, int hops)
    {
        byte[] packet = new PacketBuilder { Source = source, Destination = destination, Payload = [1, 2, 3] }.Udp();
        using PrivateRouter router = _host.Namespace.Run(PrivateRouter.Open);
        Assert.True(router.TryWrite([.. new byte[HeaderBytes], .. packet]).IsSuccess);
        byte[] buffer = new byte[2048];
        int length;
        do
        {
            length = router.Read(buffer);
            Assert.NotEqual(0, length);
        }
        while (length != HeaderBytes + packet.Length);

        Assert.Equal(packet[hops] - 1, buffer[HeaderBytes + hops]);
        Assert.Equal(packet[^11..], buffer[(length - 11)..length]);
    }

    [Fact]
    public void Nothing_is_left_and_the_host_sees_nothing_of_it()
    {
        Leftovers before = Leftovers.Of(_host);
        _host.Namespace.Run(() =>
        {
            using var router = PrivateRouter.Open();
            Assert.Equal(["lo"], _host.Routes.GetLinks().Select(link => link.Name));
        });
        Assert.Equal(before, Leftovers.Of(_host));
    }

    [Fact]
    public void Without_the_right_it_says_what_it_would_take()
    {
        LinuxException? refused = null;
        Unprivileged.Run(_host.Namespace, () => refused = Assert.Throws<LinuxException>(PrivateRouter.Open));
        Assert.Equal(Errno.EPERM, refused!.Error);
        Assert.Contains("CAP_SYS_ADMIN", refused.Message);
    }
}
