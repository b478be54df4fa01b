using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>What happens to a device, told by the kernel; iproute2 makes it happen.</summary>
public sealed class DeviceMonitorTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly TunDevice _device;

    public DeviceMonitorTests() =>
        _device = TunDevice.Open(new TunDeviceOptions { Name = "ev0", Namespace = _network.Namespace });

    public void Dispose()
    {
        _device.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Each_change_is_told_once_and_of_this_device_alone()
    {
        using TunDeviceMonitor monitor = _device.OpenMonitor();
        _network.AddDevice("another0");
        Ip("link set another0 up");

        Ip("link set ev0 up");
        Assert.Equal(LinkChange.Up, Next(monitor).Change & ~LinkChange.CarrierFound);
        Ip("link set ev0 mtu 1300");
        LinkEvent mtu = Next(monitor);
        Assert.Equal((LinkChange.Mtu, 1300, 1500), (mtu.Change, mtu.Link.Mtu, mtu.Before!.Mtu));
        Ip("link set ev0 down");
        Assert.Equal(LinkChange.Down, Next(monitor).Change & ~LinkChange.CarrierLost);
        Ip("link set ev0 name ev1");
        LinkEvent renamed = Next(monitor);
        Assert.Equal((LinkChange.Renamed, "ev1", "ev0"), (renamed.Change, renamed.Link.Name, renamed.Before!.Name));
        Ip("link del ev1");
        Assert.Equal(LinkChange.Removed, Next(monitor).Change);

        Assert.True(monitor.HasEnded);
        Ip("link set another0 down");
        Assert.False(monitor.TryRead(out _));
    }

    [Fact]
    public void The_carrier_is_told()
    {
        _device.Up();
        using TunDeviceMonitor monitor = _device.OpenMonitor();

        _device.Carrier = false;
        Assert.Equal(LinkChange.CarrierLost, Next(monitor).Change);
        _device.Carrier = true;
        Assert.Equal(LinkChange.CarrierFound, Next(monitor).Change);
        Assert.False(monitor.HasEnded);
    }

    [Fact]
    public void After_a_move_the_next_monitor_watches_the_new_namespace()
    {
        using PrivateNetwork elsewhere = PrivateNetwork.Create();
        using TunDeviceMonitor before = _device.OpenMonitor();

        _device.MoveTo(elsewhere.Namespace);

        Assert.Equal(LinkChange.Removed | LinkChange.Moved, Next(before).Change);
        Assert.True(before.HasEnded);
        using TunDeviceMonitor after = _device.OpenMonitor();
        elsewhere.Run("ip", "link", "set", "ev0", "mtu", "1300").OrThrow();
        Assert.Equal(LinkChange.Mtu, Next(after).Change);
    }

    [Fact]
    public void The_end_of_its_last_queue_is_a_removal()
    {
        using TunDeviceMonitor monitor = _device.OpenMonitor();

        _device.Dispose();

        Assert.Equal(LinkChange.Removed, Next(monitor).Change);
    }

    private static LinkEvent Next(TunDeviceMonitor monitor)
    {
        using var wait = new Epoll(1);
        wait.Add(monitor.Descriptor, 0);
        LinkEvent? change;
        while (!monitor.TryRead(out change))
            Assert.Equal(1, wait.Wait(new int[1], timeoutMs: 60_000));
        return change;
    }

    private void Ip(string command) => _network.Run("ip", command.Split(' ')).OrThrow();
}
