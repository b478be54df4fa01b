using System.Net;
using System.Net.NetworkInformation;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>Values that an open device does not take, and that it is as before.</summary>
public sealed class BadValueTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Values_that_an_open_device_does_not_take()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "open0" });
        device.Addresses = [InterfaceAddress.Parse("10.66.66.1 peer 10.66.66.2/24")];
        using TunDevice tap = Open(new TunDeviceOptions { Name = "open1", Mode = TunMode.Tap });
        Leftovers before = Leftovers.Of(_network);

        Assert.Throws<FormatException>(() => device.Netmask = IPAddress.Parse("255.0.255.0"));
        Assert.Throws<FormatException>(() => tap.Netmask = IPAddress.Parse("255.0.255.0"));
        Assert.Throws<ArgumentException>(() => device.Address = IPAddress.Parse("224.0.0.1"));
        Assert.Throws<ArgumentException>(() => device.Destination = IPAddress.Parse("224.0.0.1"));
        Assert.Throws<ArgumentException>(() => tap.Destination = IPAddress.Parse("255.255.255.255"));
        Assert.Throws<ArgumentException>(() => device.Address = IPAddress.Parse("0.0.0.0"));
        Assert.Throws<ArgumentException>(() => device.Address = IPAddress.Parse("2001:db8::1"));
        Assert.Throws<ArgumentException>(() => tap.Destination = IPAddress.Parse("2001:db8::1"));
        foreach (int mtu in new[] { 0, 67, 65536 })
            Assert.Throws<ArgumentException>(() => device.Mtu = mtu);
        Assert.Throws<ArgumentException>(() => tap.Mtu = 65522);
        Assert.Throws<ArgumentException>(() => device.TransmitQueueLength = -1);
        Assert.Throws<ArgumentException>(() => device.Rename("sixteen-bytes-xx"));
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => device.Rename("open1")).Error);
        Assert.Equal(Errno.EOPNOTSUPP, RefusedHardwareAddress(device, "02005E100001").Error);
        Assert.Equal(Errno.EADDRNOTAVAIL, RefusedHardwareAddress(tap, "01005E100001").Error);

        Assert.Equal(before, Leftovers.Of(_network));
        Assert.Equal((null, null), (tap.Destination, tap.Netmask));
    }

    private static LinuxException RefusedHardwareAddress(TunDevice device, string address) =>
        Assert.Throws<LinuxException>(() => device.HardwareAddress = PhysicalAddress.Parse(address));

    private TunDevice Open(TunDeviceOptions options) => TunDevice.Open(options with { Namespace = _network.Namespace });
}
