using System.Text.Json;
using FastTun.Linux.Netlink;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Netlink;

/// <summary>Addresses as the kernel takes and lists them, with iproute2 as the judge.</summary>
public sealed class AddressTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly int _index;

    public AddressTests() => _index = _network.AddDevice("tun0");

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData("192.0.2.1/24")]
    [InlineData("192.0.2.1/32")]
    [InlineData("192.0.2.0/31")]
    [InlineData("10.66.66.1 peer 10.66.66.2/24")]
    [InlineData("192.0.2.1 peer 198.51.100.1/32")]
    [InlineData("192.0.2.1/24 brd 192.0.2.255")]
    [InlineData("2001:db8::1/64")]
    [InlineData("2001:db8::1/128")]
    [InlineData("2001:db8::1 peer 2001:db8:1::1/64")]
    public void Is_listed_as_it_was_given_by_us_and_by_iproute2(string text)
    {
        InterfaceAddress address = InterfaceAddress.Parse(text);

        _network.Routes.AddAddress(_index, address);

        Assert.Equal([address], _network.Routes.GetAddresses(_index));
        Assert.Equal([text], IpAddresses());
        Assert.Equal(text, address.ToString());
    }

    [Fact]
    public void With_a_peer_the_network_of_the_peer_is_routed_to_the_link()
    {
        _network.Routes.SetLink(_index, new LinkChanges { Up = true });

        _network.Routes.AddAddress(_index, InterfaceAddress.Parse("10.66.66.1 peer 198.51.100.2/24"));

        IEnumerable<InterfaceRoute> routes = _network.Routes.GetRoutes(_index).Where(IsIpv4);
        Assert.Equal(["198.51.100.0/24"], routes.Select(route => route.ToString()));
    }

    [Fact]
    public void A_link_of_two_has_no_broadcast_route()
    {
        _network.Routes.SetLink(_index, new LinkChanges { Up = true });

        _network.Routes.AddAddress(_index, InterfaceAddress.Parse("192.0.2.2/31"));

        string routes = _network.Run("ip", "route", "show", "table", "all", "dev", "tun0").OrThrow().Output;
        Assert.Contains("192.0.2.2/31", routes);
        Assert.DoesNotContain("broadcast", routes);
    }

    [Fact]
    public void An_IPv6_address_can_be_used_at_once()
    {
        // A TUN has no neighbours to ask, a TAP has; and while it has no carrier, no probe would end.
        int index = _network.AddDevice("tap0", "tap");
        _network.Routes.SetLink(index, new LinkChanges { Up = true });

        _network.Routes.AddAddress(index, InterfaceAddress.Parse("2001:db8::1/64"));

        Assert.DoesNotContain("tentative", _network.Run("ip", "address", "show", "dev", "tap0").OrThrow().Output);
    }

    [Fact]
    public void A_second_time_it_exists_already_unless_it_may_replace()
    {
        InterfaceAddress address = InterfaceAddress.Parse("192.0.2.1/24");
        _network.Routes.AddAddress(_index, address);

        _network.Routes.ReplaceAddress(_index, address);
        var refusal = Assert.Throws<LinuxException>(() => _network.Routes.AddAddress(_index, address));

        Assert.Equal(Errno.EEXIST, refusal.Error);
        Assert.StartsWith("RTM_NEWADDR 192.0.2.1/24 on tun0: EEXIST: ", refusal.Message);
        Assert.Equal(["192.0.2.1/24"], IpAddresses());
    }

    [Fact]
    public void One_that_is_not_there_cannot_be_deleted()
    {
        _network.Routes.AddAddress(_index, InterfaceAddress.Parse("192.0.2.1/24"));

        var refusal = Assert.Throws<LinuxException>(
            () => _network.Routes.DeleteAddress(_index, InterfaceAddress.Parse("192.0.2.2/24")));
        _network.Routes.DeleteAddress(_index, InterfaceAddress.Parse("192.0.2.1/24"));

        Assert.Equal(Errno.EADDRNOTAVAIL, refusal.Error);
        Assert.Empty(IpAddresses());
    }

    [Fact]
    public void Of_an_interface_that_is_not_there_nothing_can_be_asked()
    {
        Assert.Equal(
            "RTM_GETLINK interface 4711: ENODEV: there is no such interface in this namespace",
            Assert.Throws<LinuxException>(() => _network.Routes.GetAddresses(4711)).Message);
        var refusal = Assert.Throws<LinuxException>(
            () => _network.Routes.AddAddress(4711, InterfaceAddress.Parse("192.0.2.1/24")));
        Assert.Equal(Errno.ENODEV, refusal.Error);
        Assert.Contains("interface 4711", refusal.Message);
    }

    [Fact]
    public void A_list_of_many_datagrams_is_read_to_its_end()
    {
        const int Count = 2000;
        for (int i = 0; i < Count; i++)
            _network.Routes.AddAddress(_index, InterfaceAddress.Parse($"198.18.{i / 250}.{1 + (i % 250)}/32"));

        IReadOnlyList<InterfaceAddress> listed = _network.Routes.GetAddresses(_index);

        Assert.Equal(Count, listed.Distinct().Count());
        Assert.Equal(IpAddresses(), listed.Select(address => address.ToString()));
    }

    private static bool IsIpv4(InterfaceRoute route) => route.Destination.BaseAddress.GetAddressBytes().Length == 4;

    private IEnumerable<string> IpAddresses() => _network.Ip("address", "show", "dev", "tun0")[0]
        .GetProperty("addr_info").EnumerateArray().Select(Text);

    private static string Text(JsonElement address)
    {
        string? Get(string name) => address.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
        string peer = Get("address") is { } end ? $" peer {end}" : "";
        string broadcast = Get("broadcast") is { } last ? $" brd {last}" : "";
        return $"{Get("local")}{peer}/{address.GetProperty("prefixlen").GetInt32()}{broadcast}";
    }
}
