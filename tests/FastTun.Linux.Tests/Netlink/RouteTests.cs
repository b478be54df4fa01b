using System.Text.Json;
using FastTun.Linux.Netlink;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Netlink;

/// <summary>Routes as the kernel takes and lists them, with iproute2 as the judge.</summary>
public sealed class RouteTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly int _index;

    public RouteTests()
    {
        _index = _network.AddDevice("tun0");
        _network.Routes.SetLink(_index, new LinkChanges { Up = true });
        _network.Routes.AddAddress(_index, InterfaceAddress.Parse("192.0.2.1/24"));
        _network.Routes.AddAddress(_index, InterfaceAddress.Parse("2001:db8::1/64"));
    }

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData("198.51.100.0/24", "link")]
    [InlineData("198.51.100.7/32", "link")]
    [InlineData("198.51.100.0/24 via 192.0.2.2 metric 7", "global")]
    [InlineData("default via 192.0.2.2", "global")]
    [InlineData("0.0.0.0/1", "link")]
    [InlineData("203.0.113.0/24 table 100", "link")]
    [InlineData("203.0.113.0/24 via 192.0.2.2 metric 5 table 70000", "global")]
    [InlineData("2001:db8:1::/48", "global")]
    [InlineData("2001:db8:1::/48 via 2001:db8::2 metric 9", "global")]
    [InlineData("default via 2001:db8::2", "global")]
    public void Is_listed_as_it_was_given_by_us_and_by_iproute2(string text, string scope)
    {
        InterfaceRoute route = InterfaceRoute.Parse(text);

        _network.Routes.AddRoute(_index, route);

        Assert.Contains(route, _network.Routes.GetRoutes(_index, route.Table));
        Assert.Equal((text, scope), Assert.Single(IpStaticRoutes()));
        Assert.Equal(text, route.ToString() == "0.0.0.0/0" ? "default" : route.ToString());

        _network.Routes.DeleteRoute(_index, route);

        Assert.DoesNotContain(route, _network.Routes.GetRoutes(_index, null));
        Assert.Empty(IpStaticRoutes());
    }

    [Fact]
    public void The_kernels_own_are_listed_with_it()
    {
        // That of the link-local address comes when there is a carrier.
        IEnumerable<string> routes = _network.Routes.GetRoutes(_index).Select(route => route.ToString());
        Assert.Equal(["192.0.2.0/24", "2001:db8::/64 metric 256"], routes.Except(["fe80::/64 metric 256"]));
        Assert.Empty(_network.Routes.GetRoutes(_index, 100));
    }

    [Fact]
    public void A_second_time_it_exists_already_unless_it_may_replace()
    {
        _network.Routes.AddRoute(_index, InterfaceRoute.Parse("198.51.100.0/24 via 192.0.2.2"));

        var refusal = Assert.Throws<LinuxException>(
            () => _network.Routes.AddRoute(_index, InterfaceRoute.Parse("198.51.100.0/24 via 192.0.2.3")));
        Assert.Equal(Errno.EEXIST, refusal.Error);
        Assert.Equal(("198.51.100.0/24 via 192.0.2.2", "global"), Assert.Single(IpStaticRoutes()));

        _network.Routes.ReplaceRoute(_index, InterfaceRoute.Parse("198.51.100.0/24 via 192.0.2.3"));
        Assert.Equal(("198.51.100.0/24 via 192.0.2.3", "global"), Assert.Single(IpStaticRoutes()));
    }

    [Fact]
    public void What_the_kernel_says_of_a_gateway_out_of_reach_is_passed_on()
    {
        var refusal = Assert.Throws<LinuxException>(
            () => _network.Routes.AddRoute(_index, InterfaceRoute.Parse("198.51.100.0/24 via 203.0.113.1")));

        const string Subject = "198.51.100.0/24 via 203.0.113.1 on tun0";
        Assert.Equal($"RTM_NEWROUTE {Subject}: ENETUNREACH: Nexthop has invalid gateway", refusal.Message);
        Assert.Empty(IpStaticRoutes());
    }

    [Fact]
    public void An_interface_that_is_down_takes_none()
    {
        _network.Routes.SetLink(_index, new LinkChanges { Up = false });

        InterfaceRoute route = InterfaceRoute.Parse("198.51.100.0/24");
        var refusal = Assert.Throws<LinuxException>(() => _network.Routes.AddRoute(_index, route));

        Assert.Equal(Errno.ENETDOWN, refusal.Error);
        Assert.Empty(IpStaticRoutes());
    }

    [Fact]
    public void One_that_is_not_there_cannot_be_deleted()
    {
        InterfaceRoute route = InterfaceRoute.Parse("198.51.100.0/24");
        var refusal = Assert.Throws<LinuxException>(() => _network.Routes.DeleteRoute(_index, route));

        Assert.Equal(Errno.ESRCH, refusal.Error);
    }

    [Fact]
    public void What_cannot_be_said_here_is_left_out()
    {
        _network.Run("ip", "route", "add", "198.51.100.0/24", "via", "inet6", "2001:db8::9", "dev", "tun0").OrThrow();
        _network.Run("ip", "route", "add", "203.0.113.0/24", "tos", "0x10", "dev", "tun0").OrThrow();
        _network.Run("ip", "route", "add", "blackhole", "198.18.0.0/15").OrThrow();

        IEnumerable<InterfaceRoute> ipv4 = _network.Routes.GetRoutes(_index).Where(route => route.Metric == 0);
        Assert.Equal(["192.0.2.0/24"], ipv4.Select(route => route.ToString()));
    }

    private List<(string Text, string Scope)> IpStaticRoutes()
    {
        string[] families = ["-4", "-6"];
        IEnumerable<JsonElement> listed = families.SelectMany(
            family => _network.Ip(family, "route", "show", "table", "all", "proto", "static").EnumerateArray());
        return [.. listed.Select(route => (Text(route), route.GetProperty("scope").GetString()!))];
    }

    private static string Text(JsonElement route)
    {
        string? Get(string name) => route.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;
        string destination = Get("dst")!;
        if (destination != "default" && !destination.Contains('/'))
            destination += destination.Contains(':') ? "/128" : "/32";
        string text = Get("gateway") is { } gateway ? $"{destination} via {gateway}" : destination;
        if (Get("metric") is { } metric && metric != "1024")
            text += $" metric {metric}";
        return Get("table") is { } table and not "main" ? $"{text} table {table}" : text;
    }
}
