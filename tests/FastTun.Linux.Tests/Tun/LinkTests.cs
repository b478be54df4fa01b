using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>The interface of an open device: set here and read by iproute2, set by iproute2 and read here.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void What_is_set_is_what_iproute2_shows()
    {
        using TunDevice device = Open(TunMode.Tap);
        device.Mtu = 65521;
        device.TransmitQueueLength = 42;
        device.HardwareAddress = PhysicalAddress.Parse("02-00-5E-10-00-01");
        device.Carrier = false;
        device.Up();
        device.SetOwner(7);
        device.SetGroup(8);
        device.Persist();

        JsonElement link = _network.Ip("link", "show", "dev", "dev0")[0];
        JsonElement data = link.GetProperty("linkinfo").GetProperty("info_data");

        Assert.Equal((65521, 42), (link.GetProperty("mtu").GetInt32(), link.GetProperty("txqlen").GetInt32()));
        Assert.Equal("02:00:5e:10:00:01", link.GetProperty("address").GetString());
        Assert.Equal(["BROADCAST", "MULTICAST", "NO-CARRIER", "UP"], Flags(link));
        Assert.True(data.GetProperty("persist").GetBoolean());
        Assert.Equal((7u, 8u, true), (device.Owner, device.Group, device.IsPersistent));
        device.Carrier = true;
        device.Down();
        Assert.Equal((true, false), (device.Carrier, device.IsUp));
    }

    [Fact]
    public void What_iproute2_sets_shows()
    {
        using TunDevice device = Open(TunMode.Tap);
        int index = device.Index;
        _network.Run("ip", "link", "set", "dev0", "mtu", "1234", "txqueuelen", "9").OrThrow();
        _network.Run("ip", "link", "set", "dev0", "address", "02:00:5e:10:00:02").OrThrow();
        _network.Run("ip", "link", "set", "dev0", "name", "other0").OrThrow();
        _network.Run("ip", "link", "set", "other0", "up").OrThrow();
        _network.Run("ip", "address", "add", "192.0.2.1/24", "dev", "other0").OrThrow();
        _network.Run("ip", "route", "add", "203.0.113.0/24", "via", "192.0.2.9", "dev", "other0").OrThrow();

        Assert.Equal("other0", device.Name);
        Assert.Equal((index, 1234, 9, true), (device.Index, device.Mtu, device.TransmitQueueLength, device.IsUp));
        Assert.Equal("02005E100002", device.HardwareAddress.ToString());
        Assert.Equal((IPAddress.Parse("192.0.2.1"), IPAddress.Parse("255.255.255.0")), (device.Address, device.Netmask));
        Assert.Contains(InterfaceRoute.Parse("203.0.113.0/24 via 192.0.2.9"), device.Routes);
    }

    [Fact]
    public void A_new_name_is_the_name_at_once()
    {
        using TunDevice device = Open();
        device.Up();

        device.Rename("new0");

        Assert.Equal("new0", device.Name);
        Assert.True(_network.Routes.TryGetLink("new0", out LinkInfo? link) && link.IsUp);
        Assert.False(_network.Routes.TryGetLink("dev0", out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_another_namespace_the_queue_carries_its_packets_as_before(bool byUs)
    {
        using PrivateNetwork elsewhere = PrivateNetwork.Create();
        using TunDevice device = Open(queues: 2);
        device.Address = IPAddress.Parse("10.66.66.1");
        if (byUs)
            device.MoveTo(elsewhere.Namespace);
        else
            Move("dev0", elsewhere);

        using NetworkNamespace now = device.OpenNamespace();
        Assert.Equal(elsewhere.Namespace, now);
        Assert.False(_network.Routes.TryGetLink("dev0", out _));
        Assert.Empty(device.Addresses);
        device.Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")];
        device.Up();
        TunQueue third = device.AttachQueue();
        Assert.Equal(elsewhere.Routes.GetLink("dev0").Index, device.Index);
        using var answers = new Answering(device.Queues, 0);
        elsewhere.Run("ping", "-n", "-c", "2", "-i", "0.01", "-W", "20", "198.51.100.9").OrThrow();
        Assert.True(third.IsAttached);
    }

    [Fact]
    public void A_move_to_where_the_name_is_taken_is_refused()
    {
        using PrivateNetwork elsewhere = PrivateNetwork.Create();
        elsewhere.AddDevice("dev0");
        using TunDevice device = Open();

        var refusal = Assert.Throws<LinuxException>(() => device.MoveTo(elsewhere.Namespace));

        Assert.Equal(Errno.EEXIST, refusal.Error);
        using NetworkNamespace now = device.OpenNamespace();
        Assert.Equal(_network.Namespace, now);
    }

    [Fact]
    public void Applying_addresses_and_routes_again_changes_nothing()
    {
        using TunDevice device = Open();
        device.Up();
        InterfaceAddress[] addresses = [InterfaceAddress.Parse("192.0.2.1/24"), InterfaceAddress.Parse("2001:db8::1/64")];
        InterfaceRoute[] routes = [InterfaceRoute.Parse("203.0.113.0/24 via 192.0.2.9 metric 5")];
        device.Addresses = addresses;
        device.Routes = routes;
        string shown = Shown();

        device.Addresses = addresses;
        device.Routes = routes;

        Assert.Equal(shown, Shown());
        device.Addresses = [];
        device.Routes = [];
        Assert.DoesNotContain(device.Addresses, address => address.Address.ToString().StartsWith("192.0.2."));
    }

    private static string[] Flags(JsonElement link) =>
        [.. link.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!).Order()];

    // iproute2 takes names and process numbers alone, and an anonymous namespace has no name.
    private void Move(string name, PrivateNetwork to)
    {
        using Tool inside = to.Start("cat", "/dev/zero");
        _network.Run("ip", "link", "set", name, "netns", inside.Id.ToString()).OrThrow();
    }

    private string Shown() =>
        _network.Run("ip", "-o", "address").Output + _network.Run("ip", "route", "show", "table", "all").Output;

    private TunDevice Open(TunMode mode = TunMode.Tun, int queues = 1) => TunDevice.Open(new TunDeviceOptions
    {
        Name = "dev0",
        Mode = mode,
        QueueCount = queues,
        Namespace = _network.Namespace,
    });
}
