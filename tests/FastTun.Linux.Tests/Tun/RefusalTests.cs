using System.Net;
using System.Net.NetworkInformation;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>What is refused, by whom, with which words, and that nothing is left of it.</summary>
[Collection(Leftovers.Collection)]
public sealed class RefusalTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void What_would_be_left_is_seen()
    {
        Leftovers before = Leftovers.Of(_network);
        using TunDevice device = Open(new TunDeviceOptions { Up = true, Addresses = [Address("192.0.2.1/24")] });
        Leftovers after = Leftovers.Of(_network);

        Assert.NotEqual(before.Links, after.Links);
        Assert.NotEqual(before.Addresses, after.Addresses);
        Assert.NotEqual(before.Routes, after.Routes);
        Assert.Equal(before.Descriptors.Length + "/dev/net/tun\n".Length, after.Descriptors.Length);
    }

    public static TheoryData<string, TunDeviceOptions, string> BadOptions => new()
    {
        { nameof(TunDeviceOptions.Name), new() { Name = "sixteen-bytes-xx" }, "'sixteen-bytes-xx'" },
        { nameof(TunDeviceOptions.Name), new() { Name = "größergrößergr" }, "15 bytes" },
        { nameof(TunDeviceOptions.Name), new() { Name = "a/b" }, "slash" },
        { nameof(TunDeviceOptions.Name), new() { Name = "a:b" }, "colon" },
        { nameof(TunDeviceOptions.Name), new() { Name = "a b" }, "white space" },
        { nameof(TunDeviceOptions.Name), new() { Name = "a\0b" }, "interface name" },
        { nameof(TunDeviceOptions.Name), new() { Name = "." }, "directory" },
        { nameof(TunDeviceOptions.Name), new() { Name = ".." }, "directory" },
        { nameof(TunDeviceOptions.Name), new() { Name = "a%s" }, "%d" },
        { nameof(TunDeviceOptions.Name), new() { Name = "a%" }, "%d" },
        { nameof(TunDeviceOptions.Name), new() { Name = "a%d%d" }, "one %d" },
        { nameof(TunDeviceOptions.Mode), new() { Mode = (TunMode)7 }, "Tun or Tap" },
        { nameof(TunDeviceOptions.QueueCount), new() { QueueCount = 0 }, "1 to 256" },
        { nameof(TunDeviceOptions.QueueCount), new() { QueueCount = -1 }, "1 to 256" },
        { nameof(TunDeviceOptions.QueueCount), new() { QueueCount = 257 }, "1 to 256" },
        { nameof(TunDeviceOptions.MultiQueue), new() { QueueCount = 2, MultiQueue = false }, "MultiQueue" },
        { nameof(TunDeviceOptions.Mtu), new() { Mtu = 0 }, "68 to 65535" },
        { nameof(TunDeviceOptions.Mtu), new() { Mtu = 67 }, "68 to 65535" },
        { nameof(TunDeviceOptions.Mtu), new() { Mtu = 65536 }, "68 to 65535" },
        { nameof(TunDeviceOptions.Mtu), new() { Mode = TunMode.Tap, Mtu = 65522 }, "68 to 65521" },
        { nameof(TunDeviceOptions.TransmitQueueLength), new() { TransmitQueueLength = -1 }, "0 or more" },
        { nameof(TunDeviceOptions.HardwareAddress), new() { HardwareAddress = PhysicalAddress.Parse("02005E100001") }, "a TUN has none" },
        { nameof(TunDeviceOptions.HardwareAddress), Tap("01005E100001"), "not multicast" },
        { nameof(TunDeviceOptions.HardwareAddress), Tap("000000000000"), "not zero" },
        { nameof(TunDeviceOptions.HardwareAddress), Tap("02005E10"), "6 bytes" },
        { nameof(TunDeviceOptions.Owner), new() { Owner = uint.MaxValue }, "no such user" },
        { nameof(TunDeviceOptions.Group), new() { Group = uint.MaxValue }, "no such group" },
        { "wanted", new() { Addresses = [Address("192.0.2.1/24"), Address("192.0.2.1/24")] }, "192.0.2.1/24 is wanted twice" },
        { "wanted", new() { Up = false, Routes = [InterfaceRoute.Parse("203.0.113.0/24")] }, "203.0.113.0/24" },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Options_that_no_kernel_takes(string parameter, TunDeviceOptions options, string saying)
    {
        Leftovers before = Leftovers.Of(_network);

        var refusal = Assert.Throws<ArgumentException>(() => Open(options));

        Assert.Equal(parameter, refusal.ParamName);
        Assert.Contains(saying, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void The_limits_themselves_are_taken()
    {
        foreach ((TunMode mode, int mtu) in new[] { (TunMode.Tun, 68), (TunMode.Tun, 65535), (TunMode.Tap, 68), (TunMode.Tap, 65521) })
        {
            using TunDevice device = Open(new TunDeviceOptions { Mode = mode, Mtu = mtu, TransmitQueueLength = 0 });
            Assert.Equal((mtu, 0), (device.Mtu, device.TransmitQueueLength));
        }

        using TunDevice wide = Open(new TunDeviceOptions { Name = "wide0", QueueCount = 256 });
        Assert.Equal(256, wide.Queues.Count);
    }

    public static TheoryData<string, TunDeviceOptions, Errno, string> Conflicts => new()
    {
        // A device made for one queue, which another program has open; a free one; one made for several; a TAP; no TUN at all.
        { "busy0", new(), Errno.EBUSY, "TUNSETIFF busy0: EBUSY: another program has it open" },
        { "busy0", new() { MultiQueue = true }, Errno.EINVAL, "made without MultiQueue" },
        { "single0", new() { Exclusive = true }, Errno.EBUSY, "TUNSETIFF single0: EBUSY: an interface of that name exists" },
        { "single0", new() { MultiQueue = true }, Errno.EINVAL, "TUNSETIFF single0: EINVAL: " },
        { "single0", new() { QueueCount = 2 }, Errno.EINVAL, "made without MultiQueue" },
        { "multi0", new(), Errno.EINVAL, "made with MultiQueue" },
        { "single0", new() { Mode = TunMode.Tap }, Errno.EINVAL, "the other of the two" },
        { "lo", new(), Errno.EINVAL, "no TUN or TAP" },
    };

    [Theory]
    [MemberData(nameof(Conflicts))]
    public void Devices_that_are_something_else(string name, TunDeviceOptions options, Errno error, string saying)
    {
        _network.AddDevice("single0");
        _network.Run("ip", "tuntap", "add", "multi0", "mode", "tun", "multi_queue").OrThrow();
        using TunDevice busy = Open(new TunDeviceOptions { Name = "busy0" });
        Leftovers before = Leftovers.Of(_network);

        var refusal = Assert.Throws<LinuxException>(() => Open(options with { Name = name }));

        Assert.Equal(error, refusal.Error);
        Assert.Equal("TUNSETIFF", refusal.Operation);
        Assert.Contains(saying, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Theory]
    [InlineData(true, false, "a virtio_net_hdr")]
    [InlineData(false, true, "packet information")]
    public void Queues_whose_headers_differ_where_the_kernel_says_nothing(bool virtioNetHeader, bool packetInformation, string saying)
    {
        using TunDevice first = Open(new TunDeviceOptions { Name = "flags0", MultiQueue = true });
        using TunDevice other = Open(new TunDeviceOptions
        {
            Name = "flags1",
            MultiQueue = true,
            VirtioNetHeader = virtioNetHeader,
            PacketInformation = packetInformation,
        });
        Leftovers before = Leftovers.Of(_network);

        var asks = Assert.Throws<LinuxException>(() => Open(new TunDeviceOptions
        {
            Name = "flags0",
            MultiQueue = true,
            VirtioNetHeader = virtioNetHeader,
            PacketInformation = packetInformation,
        }));
        var asksNot = Assert.Throws<LinuxException>(() => Open(new TunDeviceOptions { Name = "flags1", MultiQueue = true }));

        Assert.Equal((Errno.EINVAL, Errno.EINVAL), (asks.Error, asksNot.Error));
        Assert.Contains($"without {saying}", asks.Message);
        Assert.Contains($"with {saying}", asksNot.Message);
        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void More_queues_than_a_device_can_have()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "wide0", QueueCount = 256 });
        Leftovers before = Leftovers.Of(_network);

        var refusal = Assert.Throws<LinuxException>(() => device.AttachQueue());

        Assert.Equal(Errno.E2BIG, refusal.Error);
        Assert.Equal("TUNSETIFF wide0: E2BIG: the device has its 256 queues open already", refusal.Message);
        Assert.Equal(256, device.Queues.Count);
        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void Another_queue_of_a_device_with_one()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "one0" });
        Leftovers before = Leftovers.Of(_network);

        Assert.Equal(Errno.EBUSY, Assert.Throws<LinuxException>(() => device.AttachQueue()).Error);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => device.Queues[0].Detach()).Error);

        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void Without_the_capability()
    {
        Leftovers before = Leftovers.Of(_network);

        Unprivileged.Run(_network.Namespace, () =>
        {
            var refusal = Assert.Throws<LinuxException>(() => TunDevice.Open(new TunDeviceOptions { Name = "fasttun0" }));
            Assert.Equal(Errno.EPERM, refusal.Error);
            Assert.Equal(
                "TUNSETIFF fasttun0: EPERM: creating a TUN device needs CAP_NET_ADMIN; run as root, or inside 'unshare -Urn'",
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
            Assert.StartsWith("open /dev/net/tun: ENOENT: the TUN driver is not there; load it with 'modprobe tun'", refusal.Message);
            Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => TunDevice.GetFeatures()).Error);
        });

        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void A_file_that_is_not_the_drivers()
    {
        Leftovers before = Leftovers.Of(_network);

        var refusal = Assert.Throws<LinuxException>(() => Open(new TunDeviceOptions { Name = "fasttun0", DevicePath = "/dev/null" }));

        Assert.Equal(Errno.ENOTTY, refusal.Error);
        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void A_late_refusal_leaves_no_device()
    {
        Leftovers before = Leftovers.Of(_network);

        // The route's gateway is in no network of the device: the last of all that there is to set.
        var refusal = Assert.Throws<LinuxException>(() => Open(new TunDeviceOptions
        {
            Name = "late0",
            QueueCount = 2,
            Persistent = true,
            Addresses = [Address("192.0.2.1/24")],
            Routes = [InterfaceRoute.Parse("203.0.113.0/24 via 198.51.100.7")],
            Up = true,
        }));

        Assert.Equal(Errno.ENETUNREACH, refusal.Error);
        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void A_late_refusal_leaves_a_device_that_was_there_as_it_was()
    {
        int index = _network.AddDevice("was0", "tap");
        _network.Run("ip", "address", "add", "198.51.100.1/24", "dev", "was0").OrThrow();
        _network.Run("ip", "link", "set", "was0", "up", "mtu", "1300").OrThrow();
        _network.Run("ip", "route", "add", "203.0.113.0/25", "dev", "was0").OrThrow();
        using (TunDevice settle = Open(new TunDeviceOptions { Name = "was0", Mode = TunMode.Tap }))
            Assert.Equal(index, settle.Index);
        Leftovers before = Leftovers.Of(_network);

        var refusal = Assert.Throws<LinuxException>(() => Open(new TunDeviceOptions
        {
            Name = "was0",
            Mode = TunMode.Tap,
            Persistent = false,
            Mtu = 1400,
            TransmitQueueLength = 7,
            HardwareAddress = PhysicalAddress.Parse("02005E100001"),
            Addresses = [Address("192.0.2.1/24")],
            Routes = [InterfaceRoute.Parse("203.0.113.128/25 via 198.51.100.7")],
            Up = true,
        }));

        Assert.Equal(Errno.ENETUNREACH, refusal.Error);
        Assert.Equal(before, Leftovers.Of(_network));
    }

    [Fact]
    public void Values_that_an_open_device_does_not_take()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "open0", Addresses = [Address("10.66.66.1 peer 10.66.66.2/24")] });
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

    private static TunDeviceOptions Tap(string hardwareAddress) =>
        new() { Mode = TunMode.Tap, HardwareAddress = PhysicalAddress.Parse(hardwareAddress) };

    private static InterfaceAddress Address(string text) => InterfaceAddress.Parse(text);

    private TunDevice Open(TunDeviceOptions options) => TunDevice.Open(options with { Namespace = _network.Namespace });
}
