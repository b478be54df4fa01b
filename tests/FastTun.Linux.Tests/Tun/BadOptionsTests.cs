using System.Net.NetworkInformation;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>Options that are refused before the kernel is asked, each by its name and in one line.</summary>
public sealed class BadOptionsTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

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
        { nameof(TunDeviceOptions.HardwareAddress), Tap("02005E100001") with { Mode = TunMode.Tun }, "a TUN has none" },
        { nameof(TunDeviceOptions.HardwareAddress), Tap("01005E100001"), "multicast" },
        { nameof(TunDeviceOptions.HardwareAddress), Tap("000000000000"), "zero" },
        { nameof(TunDeviceOptions.HardwareAddress), Tap("02005E10"), "6 bytes" },
        { nameof(TunDeviceOptions.Owner), new() { Owner = uint.MaxValue }, "no such user" },
        { nameof(TunDeviceOptions.Group), new() { Group = uint.MaxValue }, "no such group" },
        { nameof(TunDeviceOptions.Offloads), new() { Offloads = TunOffloads.Tcp4 }, "need Checksum" },
        { nameof(TunDeviceOptions.Offloads), new() { Offloads = TunOffloads.Checksum | TunOffloads.Udp4 }, "go together" },
        { nameof(TunDeviceOptions.Offloads), new() { Offloads = TunOffloads.Checksum | TunOffloads.TcpEcn }, "Tcp4 or Tcp6" },
        { nameof(TunDeviceOptions.Offloads), new() { Offloads = (TunOffloads)0x81 }, "need Checksum" },
        { "wanted", new() { Addresses = [Address("192.0.2.1/24"), Address("192.0.2.1/24")] }, "wanted twice" },
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
        (TunMode, int)[] limits = [(TunMode.Tun, 68), (TunMode.Tun, 65535), (TunMode.Tap, 68), (TunMode.Tap, 65521)];
        foreach ((TunMode mode, int mtu) in limits)
        {
            using TunDevice device = Open(new TunDeviceOptions { Mode = mode, Mtu = mtu, TransmitQueueLength = 0 });
            Assert.Equal((mtu, 0), (device.Mtu, device.TransmitQueueLength));
        }

        using TunDevice wide = Open(new TunDeviceOptions { Name = "wide0", QueueCount = 256 });
        Assert.Equal(256, wide.Queues.Count);
    }

    private static TunDeviceOptions Tap(string hardwareAddress) =>
        new() { Mode = TunMode.Tap, HardwareAddress = PhysicalAddress.Parse(hardwareAddress) };

    private static InterfaceAddress Address(string text) => InterfaceAddress.Parse(text);

    private TunDevice Open(TunDeviceOptions options) => TunDevice.Open(options with { Namespace = _network.Namespace });
}
