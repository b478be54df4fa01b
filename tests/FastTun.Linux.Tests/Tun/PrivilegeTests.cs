using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>What an ordinary user is told, or a container without the driver; on threads that are just that.</summary>
public sealed class PrivilegeTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Without_the_capability()
    {
        Leftovers before = Leftovers.Of(_network);

        Unprivileged.Run(_network.Namespace, () =>
        {
            var refusal = Assert.Throws<LinuxException>(() => TunDevice.Open(new TunDeviceOptions { Name = "fasttun0" }));
            Assert.Equal(Errno.EPERM, refusal.Error);
            Assert.Equal(
                "TUNSETIFF fasttun0: EPERM: creating a TUN device needs CAP_NET_ADMIN; "
                + "run as root, or inside 'unshare -Urn'",
                refusal.Message);
        });

        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void Without_the_capability_a_device_that_is_somebody_elses()
    {
        using (Open(new TunDeviceOptions { Name = "theirs0", Persistent = true, Owner = 12345 }))
        using (Open(new TunDeviceOptions { Name = "mine0", Persistent = true, Owner = 0 }))
        {
        }

        Leftovers before = Leftovers.Of(_network);
        Unprivileged.Run(_network.Namespace, () =>
        {
            var refusal = Assert.Throws<LinuxException>(() => TunDevice.Open(new TunDeviceOptions { Name = "theirs0" }));
            Assert.Equal(Errno.EPERM, refusal.Error);
            using TunDevice mine = TunDevice.Open(new TunDeviceOptions { Name = "mine0" });
            Assert.Equal(("mine0", 1500), (mine.Name, mine.Mtu));
        });

        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void Without_the_driver()
    {
        Leftovers before = Leftovers.Of(_network);

        WithoutDriver.Run(_network.Namespace, () =>
        {
            var refusal = Assert.Throws<LinuxException>(() => TunDevice.Open(new TunDeviceOptions { Name = "fasttun0" }));
            Assert.Equal(Errno.ENOENT, refusal.Error);
            Assert.StartsWith("open /dev/net/tun: ENOENT: the TUN driver is not there; load it", refusal.Message);
            Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => TunDevice.GetFeatures()).Error);
        });

        Assert.Equal(before, Leftovers.Of(_network));
    }

    private TunDevice Open(TunDeviceOptions options) => TunDevice.Open(options with { Namespace = _network.Namespace });
}
