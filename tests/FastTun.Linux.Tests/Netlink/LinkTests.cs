using System.Net.NetworkInformation;
using System.Text.Json;
using FastTun.Linux.Netlink;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Netlink;

/// <summary>Links as the kernel lists and changes them, with iproute2 as the judge.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void All_links_are_listed_as_iproute2_lists_them()
    {
        _network.AddDevice("tun0");
        _network.AddDevice("tap0", "tap");

        IReadOnlyList<LinkInfo> links = _network.Routes.GetLinks();

        Assert.Equal(_network.Ip("link", "show").EnumerateArray().Select(Described), links.Select(Described));
        Assert.Equal(["lo", "tun0", "tap0"], links.Select(link => link.Name));
    }

    [Fact]
    public void Of_a_TUN_its_own_properties_are_read()
    {
        string[] options = ["mode", "tun", "user", "7", "group", "9", "vnet_hdr", "multi_queue"];
        _network.Run("ip", ["tuntap", "add", "tun0", .. options]).OrThrow();

        LinkInfo link = _network.Routes.GetLink("tun0");

        var expected = new TunLinkInfo
        {
            Owner = 7,
            Group = 9,
            HasVirtioNetHeader = true,
            IsPersistent = true,
            IsMultiQueue = true,
            Queues = 0,
            DisabledQueues = 0,
        };
        Assert.Equal("tun", link.Kind);
        Assert.Equal(expected, link.Tun);
        Assert.Equal((68, 65535), (link.MinMtu, link.MaxMtu));
        Assert.Equal(PhysicalAddress.None, link.HardwareAddress);
    }

    [Fact]
    public void Of_a_TAP_and_of_others_too()
    {
        _network.AddDevice("tap0", "tap");

        Assert.True(_network.Routes.GetLink("tap0").Tun is { IsTap: true, Owner: null, Group: null, Queues: null });
        Assert.Null(_network.Routes.GetLink("lo").Tun);
        Assert.Null(_network.Routes.GetLink("lo").Kind);
    }

    [Fact]
    public void Everything_can_be_changed_at_once()
    {
        int index = _network.AddDevice("tap0", "tap");

        _network.Routes.SetLink(index, new LinkChanges
        {
            Up = true,
            Mtu = 1400,
            TransmitQueueLength = 77,
            Name = "fasttun0",
            HardwareAddress = PhysicalAddress.Parse("02-00-00-00-00-01"),
        });

        JsonElement link = _network.Ip("link", "show", "dev", "fasttun0")[0];
        Assert.Equal(1400, link.GetProperty("mtu").GetInt32());
        Assert.Equal(77, link.GetProperty("txqlen").GetInt32());
        Assert.Equal("02:00:00:00:00:01", link.GetProperty("address").GetString());
        Assert.Contains("UP", link.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));
    }

    [Fact]
    public void When_one_change_is_refused_the_others_are_undone()
    {
        int index = _network.AddDevice("tap0", "tap");
        LinkInfo before = _network.Routes.GetLink(index);

        var refusal = Assert.Throws<LinuxException>(() => _network.Routes.SetLink(index, new LinkChanges
        {
            HardwareAddress = PhysicalAddress.Parse("02-00-00-00-00-01"),
            Mtu = 1400,
            Name = "lo",
        }));

        Assert.Equal(Errno.EEXIST, refusal.Error);
        Assert.StartsWith("RTM_SETLINK tap0: EEXIST: ", refusal.Message);
        Assert.Equal(before, _network.Routes.GetLink(index) with { Statistics = before.Statistics });
    }

    [Theory]
    [InlineData(67)]
    [InlineData(65536)]
    public void An_MTU_that_the_driver_refuses_is_refused_with_its_range(int mtu)
    {
        int index = _network.AddDevice("tun0");

        var changes = new LinkChanges { Mtu = mtu, Up = true };
        var refusal = Assert.Throws<ArgumentException>(() => _network.Routes.SetLink(index, changes));

        Assert.Contains($"tun0: MTU {mtu}: it is 68 to 65535", refusal.Message);
        Assert.True(_network.Routes.GetLink(index) is { Mtu: 1500, IsUp: false });
    }

    [Theory]
    [InlineData("tun", "02-00-00-00-00-01", Errno.EOPNOTSUPP)]
    [InlineData("tap", "01-00-5E-00-00-01", Errno.EADDRNOTAVAIL)]
    public void A_hardware_address_is_for_TAPs_and_not_multicast(string mode, string address, Errno error)
    {
        int index = _network.AddDevice("dev0", mode);

        var refusal = Assert.Throws<LinuxException>(
            () => _network.Routes.SetLink(index, new LinkChanges { HardwareAddress = PhysicalAddress.Parse(address) }));

        Assert.Equal(error, refusal.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sixteen-bytes-xx")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData(".")]
    [InlineData("..")]
    public void A_name_that_the_kernel_refuses_is_refused_before(string name)
    {
        int index = _network.AddDevice("tun0");

        Assert.NotEqual(0, _network.Run("ip", "link", "set", "dev", "tun0", "name", name).ExitCode);
        Assert.Throws<ArgumentException>(() => _network.Routes.SetLink(index, new LinkChanges { Name = name }));
        Assert.False(_network.Routes.TryGetLink(name, out _));
    }

    [Fact]
    public void It_moves_to_another_namespace_with_a_new_name_and_up()
    {
        using PrivateNetwork other = PrivateNetwork.Create();
        int index = _network.AddDevice("tun0");

        var changes = new LinkChanges { Namespace = other.Namespace, Name = "eth0", Mtu = 1300, Up = true };
        _network.Routes.SetLink(index, changes);

        Assert.False(_network.Routes.TryGetLink("tun0", out _));
        Assert.True(other.Routes.GetLink("eth0") is { Mtu: 1300, IsUp: true });
    }

    [Fact]
    public void A_move_to_where_the_name_is_taken_changes_nothing()
    {
        using PrivateNetwork other = PrivateNetwork.Create();
        int index = _network.AddDevice("tun0");
        other.AddDevice("tun0");

        var refusal = Assert.Throws<LinuxException>(
            () => _network.Routes.SetLink(index, new LinkChanges { Namespace = other.Namespace, Mtu = 1300 }));

        Assert.Equal(Errno.EEXIST, refusal.Error);
        Assert.Equal(1500, _network.Routes.GetLink("tun0").Mtu);
    }

    [Fact]
    public void It_can_be_deleted_once()
    {
        int index = _network.AddDevice("tun0");

        _network.Routes.DeleteLink(index);
        var refusal = Assert.Throws<LinuxException>(() => _network.Routes.DeleteLink(index));

        Assert.Equal(Errno.ENODEV, refusal.Error);
        Assert.False(_network.Routes.TryGetLink(index, out _));
        Assert.Equal("RTM_GETLINK tun0: ENODEV: there is no such interface in this namespace",
            Assert.Throws<LinuxException>(() => _network.Routes.GetLink("tun0")).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_number_that_no_interface_has_is_found_nowhere(int index) =>
        Assert.False(_network.Routes.TryGetLink(index, out _));

    [Fact]
    public void What_the_loopback_carried_is_counted()
    {
        LinkStatistics before = _network.Routes.GetLink("lo").Statistics!;

        _network.Run("ping", "-c", "3", "-i", "0.002", "-s", "100", "127.0.0.1").OrThrow();

        LinkStatistics after = _network.Routes.GetLink("lo").Statistics!;
        Assert.Equal(6u, after.ReceivedPackets - before.ReceivedPackets);
        Assert.Equal(6u, after.TransmittedPackets - before.TransmittedPackets);
        Assert.Equal(6u * (100 + 8 + 20), after.ReceivedBytes - before.ReceivedBytes);
    }

    private static (int, string, int, int, bool, string) Described(JsonElement link) =>
    (
        link.GetProperty("ifindex").GetInt32(),
        link.GetProperty("ifname").GetString()!,
        link.GetProperty("mtu").GetInt32(),
        link.GetProperty("txqlen").GetInt32(),
        link.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "UP"),
        link.GetProperty("operstate").GetString()!
    );

    private static (int, string, int, int, bool, string) Described(LinkInfo link)
    {
        string state = link.OperationalState.ToString().ToUpperInvariant();
        return (link.Index, link.Name, link.Mtu, link.TransmitQueueLength, link.IsUp, state);
    }
}
