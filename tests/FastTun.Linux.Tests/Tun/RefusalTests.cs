using System.Net.NetworkInformation;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>What the kernel refuses, or would let through: its errno, its words, and that nothing is left.</summary>
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

    public static TheoryData<string, TunDeviceOptions, Errno, string> Conflicts => new()
    {
        // A device made for one queue, which another program has open; a free one; one made for several; a TAP; no TUN
        // at all.
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
    public void Queues_whose_headers_differ_where_the_kernel_says_nothing(bool virtio, bool information, string saying)
    {
        var plain = new TunDeviceOptions { Name = "plain0", MultiQueue = true };
        TunDeviceOptions headed = plain with { Name = "headed0", VirtioNetHeader = virtio, PacketInformation = information };
        using TunDevice first = Open(plain);
        using TunDevice other = Open(headed);
        Leftovers before = Leftovers.Of(_network);

        var asks = Assert.Throws<LinuxException>(() => Open(headed with { Name = "plain0" }));
        var asksNot = Assert.Throws<LinuxException>(() => Open(plain with { Name = "headed0" }));

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
    public void A_file_that_is_not_the_drivers()
    {
        var options = new TunDeviceOptions { Name = "fasttun0", DevicePath = "/dev/null" };
        Leftovers before = Leftovers.Of(_network);

        var refusal = Assert.Throws<LinuxException>(() => Open(options));

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
        // Another queue keeps the carrier, and so the kernel has nothing of its own to change meanwhile.
        _network.Run("ip", "tuntap", "add", "was0", "mode", "tap", "multi_queue").OrThrow();
        using TunDevice other = Open(new TunDeviceOptions { Name = "was0", Mode = TunMode.Tap, MultiQueue = true });
        _network.Run("ip", "link", "set", "was0", "addrgenmode", "none").OrThrow();
        _network.Run("ip", "link", "set", "was0", "up", "mtu", "1300").OrThrow();
        _network.Run("ip", "address", "add", "198.51.100.1/24", "dev", "was0").OrThrow();
        _network.Run("ip", "route", "add", "203.0.113.0/25", "dev", "was0").OrThrow();
        Assert.True(SpinWait.SpinUntil(() => other.Link.OperationalState == OperationalState.Up, TimeSpan.FromMinutes(1)));
        Leftovers before = Leftovers.Of(_network);

        var refusal = Assert.Throws<LinuxException>(() => Open(new TunDeviceOptions
        {
            Name = "was0",
            Mode = TunMode.Tap,
            MultiQueue = true,
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

    private static InterfaceAddress Address(string text) => InterfaceAddress.Parse(text);

    private TunDevice Open(TunDeviceOptions options) => TunDevice.Open(options with { Namespace = _network.Namespace });
}
