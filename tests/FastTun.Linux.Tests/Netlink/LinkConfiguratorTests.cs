using FastTun.Linux.Netlink;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Netlink;

/// <summary>All or nothing, in order, and twice is once.</summary>
public sealed class LinkConfiguratorTests : IDisposable
{
    private static readonly LinkChanges Up = new() { Up = true };

    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly int _index;

    public LinkConfiguratorTests() => _index = _network.AddDevice("tun0");

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Makes_everything_so_and_a_second_time_changes_nothing()
    {
        LinkConfiguration wanted = new()
        {
            Link = new LinkChanges { Up = true, Mtu = 1400, Name = "wan", TransmitQueueLength = 100 },
            Addresses = Addresses("10.66.66.1 peer 10.66.66.2/24", "2001:db8::1/64", "198.51.100.1/32"),
            Routes = Routes("default via 10.66.66.2", "203.0.113.0/24", "198.18.0.0/15 via 203.0.113.1", "2001:db8:1::/48"),
        };

        Assert.True(Apply(wanted));
        string state = State();
        Assert.False(Apply(wanted));

        Assert.Equal(state, State());
        Assert.True(_network.Routes.GetLink("wan") is { Mtu: 1400, IsUp: true, TransmitQueueLength: 100 });
        Assert.Equal(["10.66.66.1 peer 10.66.66.2/24", "198.51.100.1/32", "2001:db8::1/64"], Listed());
    }

    [Theory]
    [InlineData("192.0.2.1/24,192.0.2.2/24", "192.0.2.2/24,192.0.2.1/24")]
    [InlineData("192.0.2.1/24,192.0.2.2/24,192.0.2.3/24", "192.0.2.2/24")]
    [InlineData("192.0.2.1/24", "192.0.2.1/24,192.0.2.2/24,198.51.100.1/24,192.0.2.3/24")]
    [InlineData("192.0.2.1/24,198.51.100.1/24,192.0.2.2/24", "198.51.100.1/24,192.0.2.2/24")]
    [InlineData("192.0.2.1/24,192.0.2.2/24", "192.0.2.9/24,192.0.2.2/24")]
    [InlineData("192.0.2.1/24 brd 192.0.2.255", "192.0.2.1/24")]
    [InlineData("192.0.2.1 peer 192.0.2.2/24", "192.0.2.1 peer 192.0.2.3/24")]
    [InlineData("192.0.2.1/24", "192.0.2.1/25")]
    [InlineData("192.0.2.1/24,2001:db8::1/64", "")]
    [InlineData("2001:db8::1/64,2001:db8::2/64", "2001:db8::2/64,2001:db8::3/64,2001:db8::1/64")]
    [InlineData("2001:db8::1/64", "2001:db8::1/48")]
    [InlineData("2001:db8::1/64", "fe80::1/64,2001:db8::1/64")]
    [InlineData("", "192.0.2.0/31,192.0.2.1/32")]
    public void From_any_addresses_to_any_others_the_first_stays_first(string before, string after)
    {
        Apply(new LinkConfiguration { Link = Up, Addresses = Addresses(before.Split(',')) });
        LinkConfiguration wanted = new() { Addresses = Addresses(after.Split(',')) };

        Assert.True(Apply(wanted));
        Assert.False(Apply(wanted));

        IEnumerable<InterfaceAddress> expected = AddressConfigurator.KernelOrder(wanted.Addresses!.Where(IsIpv4))
            .Concat(AddressConfigurator.KernelOrder(wanted.Addresses!.Where(address => !IsIpv4(address))));
        Assert.Equal(expected.Select(address => address.ToString()), Listed(withLinkLocal: after.Contains("fe80")));
    }

    [Fact]
    public void An_address_that_stays_is_not_touched_while_others_come_and_go()
    {
        Apply(new LinkConfiguration { Link = Up, Addresses = Addresses("192.0.2.1/24", "198.51.100.1/24") });
        using Tool watch = _network.Start("ip", "monitor", "address", "label");

        // When it listens is not said, but seen.
        InterfaceAddress marker = InterfaceAddress.Parse("203.0.113.1/32");
        for (; !watch.HasEnded && !watch.Output.Contains("203.0.113.1"); _network.Routes.DeleteAddress(_index, marker))
            _network.Routes.AddAddress(_index, marker);

        Apply(new LinkConfiguration { Addresses = Addresses("198.51.100.1/24", "203.0.113.2/24") });
        _network.Routes.AddAddress(_index, InterfaceAddress.Parse("203.0.113.9/32"));
        watch.WaitForText("203.0.113.9");

        string events = watch.Output;
        Assert.Contains("192.0.2.1/24", events);
        Assert.DoesNotContain("198.51.100.1", events);
    }

    [Fact]
    public void Routes_that_are_not_wanted_go_and_the_kernels_own_stay()
    {
        Apply(new LinkConfiguration
        {
            Link = Up,
            Addresses = Addresses("192.0.2.1/24"),
            Routes = Routes("198.51.100.0/24 via 192.0.2.2", "203.0.113.0/24", "198.18.0.0/15 metric 5 table 100"),
        });

        Assert.True(Apply(new LinkConfiguration { Routes = Routes("198.51.100.0/24 via 192.0.2.3", "192.0.2.0/24") }));

        IEnumerable<string> listed = Listed(_network.Routes.GetRoutes(_index, null)).Where(IsNotIpv6);
        Assert.Equal(["192.0.2.0/24", "198.51.100.0/24 via 192.0.2.3"], listed);
    }

    [Fact]
    public void When_the_last_part_is_refused_everything_is_as_it_was()
    {
        Apply(new LinkConfiguration
        {
            Link = new LinkChanges { Up = true, Mtu = 1400 },
            Addresses = Addresses(
                "192.0.2.1/24", "192.0.2.2/24", "198.51.100.1 peer 198.51.100.2/32", "2001:db8::1/64", "2001:db8::2/64"),
            Routes = Routes("203.0.113.0/24 via 192.0.2.7 metric 3", "default via 2001:db8::7"),
        });
        _network.Run("ip", "route", "add", "198.18.0.0/15", "via", "inet6", "2001:db8::9", "dev", "tun0").OrThrow();
        string before = State();

        var refusal = Assert.Throws<LinuxException>(() => Apply(new LinkConfiguration
        {
            Link = new LinkChanges { Mtu = 1300, Name = "other", TransmitQueueLength = 5 },
            Addresses = Addresses("192.0.2.2/24", "2001:db8:1::1/64"),
            Routes = Routes("203.0.113.0/24 via 192.0.2.8", "198.51.100.0/24 via 203.0.114.1"),
        }));

        Assert.Equal(Errno.ENETUNREACH, refusal.Error);
        Assert.Equal(before, State());
    }

    [Fact]
    public void What_going_down_took_away_is_brought_back_too()
    {
        Apply(new LinkConfiguration
        {
            Link = Up,
            Addresses = Addresses("192.0.2.1/24", "2001:db8::1/64"),
            Routes = Routes("203.0.113.0/24 via 192.0.2.7", "2001:db8:1::/48 via 2001:db8::7"),
        });
        string before = State();

        // The kernel refuses ::1 on an interface that is not a loopback.
        Assert.Throws<LinuxException>(() => Apply(new LinkConfiguration
        {
            Link = new LinkChanges { Up = false },
            Addresses = Addresses("192.0.2.2/24", "::1/128"),
        }));

        Assert.Equal(before, State());
    }

    [Fact]
    public void Another_interfaces_route_is_not_taken_away()
    {
        int other = _network.AddDevice("tun1");
        _network.Routes.SetLink(other, new LinkChanges { Up = true });
        _network.Routes.AddRoute(other, InterfaceRoute.Parse("203.0.113.0/24"));

        var refusal = Assert.Throws<LinuxException>(() => Apply(new LinkConfiguration
        {
            Link = Up,
            Routes = Routes("198.51.100.0/24", "203.0.113.0/24"),
        }));

        Assert.Equal(Errno.EEXIST, refusal.Error);
        Assert.Equal(["203.0.113.0/24"], Listed(_network.Routes.GetRoutes(other)).Where(IsNotIpv6));
        Assert.DoesNotContain(Listed(_network.Routes.GetRoutes(_index)), IsNotIpv6);
        Assert.False(_network.Routes.GetLink(_index).IsUp);
    }

    [Fact]
    public void What_contradicts_itself_is_refused_before_anything_is_touched()
    {
        string before = State();

        Refused("192.0.2.1/24 is wanted twice", new() { Addresses = Addresses("192.0.2.1/24", "192.0.2.1/24") });
        Refused("2001:db8::1/64 is wanted twice", new() { Addresses = Addresses("2001:db8::1/48", "2001:db8::1/64") });
        Refused(
            "wanted twice with one metric", new() { Routes = Routes("default via 192.0.2.1", "default via 192.0.2.2") });
        Refused("to be down has no routes", new() { Link = new LinkChanges { Up = false }, Routes = Routes("default") });
        Refused("move first", new() { Link = new LinkChanges { Namespace = _network.Namespace } });

        Assert.Equal(before, State());

        void Refused(string why, LinkConfiguration wanted) =>
            Assert.Contains(why, Assert.Throws<ArgumentException>(() => Apply(wanted)).Message);
    }

    private bool Apply(LinkConfiguration wanted) => LinkConfigurator.Apply(_network.Routes, _index, wanted);

    private static InterfaceAddress[] Addresses(params string[] texts) =>
        [.. texts.Where(text => text.Length > 0).Select(InterfaceAddress.Parse)];

    private static InterfaceRoute[] Routes(params string[] texts) => [.. texts.Select(InterfaceRoute.Parse)];

    private static IEnumerable<string> Listed(IEnumerable<InterfaceRoute> routes) =>
        routes.Select(route => route.ToString());

    private IEnumerable<string> Listed(bool withLinkLocal = false) => _network.Routes.GetAddresses(_index)
        .Where(address => !address.Address.IsIPv6LinkLocal || (withLinkLocal && address.ToString() == "fe80::1/64"))
        .Select(address => address.ToString());

    private static bool IsIpv4(InterfaceAddress address) => IsNotIpv6(address.ToString());

    private static bool IsNotIpv6(string text) => !text.Contains(':');

    /// <summary>All that iproute2 shows of this namespace, but for counters and ages.</summary>
    private string State() =>
        _network.Run("ip", "address", "show").OrThrow().Output
        + _network.Run("ip", "-4", "route", "show", "table", "all").OrThrow().Output
        + _network.Run("ip", "-6", "route", "show", "table", "all").OrThrow().Output;
}
