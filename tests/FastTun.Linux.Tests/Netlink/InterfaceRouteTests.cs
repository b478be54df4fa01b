using System.Net;
using CsCheck;
using FastTun.Linux.Netlink;

namespace FastTun.Linux.Tests.Netlink;

/// <summary>What a route can be, and how it is written.</summary>
public sealed class InterfaceRouteTests
{
    private static readonly Gen<uint?> Metric =
        Gen.OneOf(Gen.Const((uint?)null), Gen.UInt.Select(number => (uint?)number));

    private static readonly Gen<uint> Table = Gen.OneOf(Gen.Const(254u), Gen.UInt[1, uint.MaxValue]);

    private static readonly string[] Words =
        ["default", "192.0.2.0/24", "2001:db8::/32", "via", "192.0.2.1", "metric", "table", "7", "0", "x", ""];

    private static readonly Gen<string> Text =
        Gen.Int[0, Words.Length - 1].Array[0, 7].Select(picks => string.Join(' ', picks.Select(pick => Words[pick])));

    private static readonly Gen<InterfaceRoute> Any = Gen.OneOf(Routes(4, 223), Routes(16, 254));

    [Fact]
    public void Any_route_is_read_back_from_its_text() =>
        Any.Sample(route => InterfaceRoute.Parse(route.ToString()) == route);

    [Fact]
    public void Any_text_is_read_or_refused_and_what_is_read_is_read_again() =>
        Text.Sample(text =>
            !InterfaceRoute.TryParse(text, out InterfaceRoute? route) || InterfaceRoute.Parse(route.ToString()) == route);

    [Theory]
    [InlineData("default", "default")]
    [InlineData("0.0.0.0/0 via 192.0.2.1", "default via 192.0.2.1")]
    [InlineData("::/0", "::/0")]
    [InlineData("192.0.2.7", "192.0.2.7/32")]
    [InlineData("192.0.2.0/24 table 5 metric 3 via 192.0.2.1", "192.0.2.0/24 via 192.0.2.1 metric 3 table 5")]
    [InlineData("2001:db8::/32 metric 1024 table 254", "2001:db8::/32")]
    public void Is_written_in_one_way(string text, string canonical) =>
        Assert.Equal(canonical, InterfaceRoute.Parse(text).ToString());

    [Theory]
    [InlineData("", "it is written PREFIX")]
    [InlineData("default via", "it is written PREFIX")]
    [InlineData("192.0.2.1/24", "192.0.2.1/24 has bits set behind its prefix; the network is 192.0.2.0/24")]
    [InlineData("192.0.2.0/33", "prefix length '33': for 192.0.2.0 it is 0 to 32")]
    [InlineData("192.0.2/24", "'192.0.2' is not an address")]
    [InlineData("default via gateway", "'gateway' is not an address")]
    [InlineData("default via 224.0.0.1", "224.0.0.1 cannot be a gateway")]
    [InlineData("default via 0.0.0.0", "0.0.0.0 cannot be a gateway")]
    [InlineData("224.0.0.0/4", "224.0.0.0/4 is multicast")]
    [InlineData("192.0.2.0/24 via 2001:db8::1", "192.0.2.0/24 and its gateway 2001:db8::1 are of different families")]
    [InlineData("default metric -1", "metric '-1': it is a number of 0 to 4294967295")]
    [InlineData("default table 0", "table 0: it is 1 or more")]
    [InlineData("default table main", "table 'main': it is a number")]
    [InlineData("default metric 1 metric 2", "'metric' comes twice")]
    [InlineData("default dev tun0", "'dev': only via, metric and table may follow the prefix")]
    public void What_cannot_be_is_refused_by_name(string text, string why)
    {
        string message = Assert.Throws<FormatException>(() => InterfaceRoute.Parse(text)).Message;

        Assert.StartsWith($"route '{text}': ", message);
        Assert.Contains(why, message);
        Assert.False(InterfaceRoute.TryParse(text, out _));
    }

    private static Gen<InterfaceRoute> Routes(int bytes, byte last)
    {
        Gen<IPAddress> address = Gen.Byte.Array[bytes].Where(b => b[0] > 0 && b[0] <= last).Select(b => new IPAddress(b));
        Gen<IPAddress?> gateway = Gen.OneOf(Gen.Const((IPAddress?)null), address.Select(a => (IPAddress?)a));
        return Gen.Select(address, Gen.Int[0, bytes * 8], gateway, Metric, Table).Select((a, n, g, m, t) =>
            new InterfaceRoute(new InterfaceAddress(a, n).Network, g, m, t));
    }
}
