using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>Packets that enter the host through NAPI, and what the kernel says of it.</summary>
public sealed class NapiTests : IDisposable
{
    private const int Napi = 0x10; // IFF_NAPI

    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData(TunMode.Tun, 1)]
    [InlineData(TunMode.Tun, 3)]
    [InlineData(TunMode.Tap, 1)]
    public void Is_in_force_when_it_is_asked_for_and_only_then(TunMode mode, int queues)
    {
        foreach (bool wanted in new[] { true, false, true })
        {
            using TunDevice device = Open(wanted, mode, queues);
            Assert.Equal(wanted, device.HasNapi);
            Assert.Equal(wanted ? Napi : 0, KernelsFlags() & Napi);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Packets_arrive(int queues)
    {
        using TunDevice device = Open(napi: true, queues: queues);
        using var answers = new Answering([.. device.Queues], 0);

        for (int host = 1; host <= 10; host++)
            _network.Run("ping", "-n", "-c", "1", "-W", "20", $"198.51.100.{host}").OrThrow();
    }

    [Theory]
    [InlineData(true, "the device's open queues do without NAPI")]
    [InlineData(false, "the device's open queues use NAPI")]
    public void A_device_that_is_open_otherwise_is_refused_and_stays_as_it_is(bool wanted, string why)
    {
        using TunDevice device = Open(!wanted, queues: 2);

        var refusal = Assert.Throws<LinuxException>(() => Open(wanted, queues: 2));

        Assert.StartsWith($"TUNSETIFF napi0: EINVAL: {why}", refusal.Message);
        Assert.Equal(wanted ? 0 : Napi, KernelsFlags() & Napi);
        Assert.Equal(2u, device.Link.Tun!.Queues);
    }

    [Fact]
    public void A_persistent_device_that_nobody_has_open_is_as_each_user_asks()
    {
        _network.AddDevice("napi0");

        foreach (bool wanted in new[] { false, true, false })
        {
            using TunDevice device = Open(wanted);
            Assert.Equal(wanted ? Napi : 0, KernelsFlags() & Napi);
        }
    }

    private TunDevice Open(bool napi, TunMode mode = TunMode.Tun, int queues = 1) => TunDevice.Open(new TunDeviceOptions
    {
        Name = "napi0",
        Mode = mode,
        Napi = napi,
        QueueCount = queues,
        Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")],
        Up = true,
        Namespace = _network.Namespace,
    });

    // What sysfs shows of a namespace is what was its when it was mounted.
    private int KernelsFlags()
    {
        string script = "mount -t sysfs none /sys && cat /sys/class/net/napi0/tun_flags";
        return Convert.ToInt32(_network.Run("unshare", "-m", "sh", "-c", script).OrThrow().Output.Trim(), 16);
    }
}
