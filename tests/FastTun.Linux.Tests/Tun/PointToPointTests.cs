using System.Net;
using System.Text.Json;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>
/// Address, destination and netmask as the classic requests have them, in any order, and as one address with a peer.
/// What the kernel makes of them is for iproute2 to say. A peer and the point-to-point flag are independent, so all of
/// it is for a TAP too.
/// </summary>
public sealed class PointToPointTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    public static TheoryData<TunMode, string, string?, string?, string, string> Descriptions
    {
        get
        {
            var data = new TheoryData<TunMode, string, string?, string?, string, string>();
            foreach (TunMode mode in Enum.GetValues<TunMode>())
            {
                Add("10.66.66.1", "10.66.66.2", "255.255.255.0", "10.66.66.1 peer 10.66.66.2/24", "10.66.66.0/24");
                Add("10.66.66.1", null, "255.255.255.0", "10.66.66.1/24", "10.66.66.0/24");
                Add("10.66.66.1", "10.66.66.2", "255.255.255.255", "10.66.66.1 peer 10.66.66.2/32", "10.66.66.2");
                Add("10.66.66.2", "10.66.66.3", "255.255.255.254", "10.66.66.2 peer 10.66.66.3/31", "10.66.66.2/31");
                Add("192.0.2.1", "198.51.100.1", null, "192.0.2.1 peer 198.51.100.1/32", "198.51.100.1");
                Add("192.0.2.1", "198.51.100.1", "255.255.255.0", "192.0.2.1 peer 198.51.100.1/24", "198.51.100.0/24");
                Add("192.0.2.1", null, null, "192.0.2.1/32", "");

                void Add(string address, string? destination, string? netmask, string shown, string routes) =>
                    data.Add(mode, address, destination, netmask, shown, routes);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void Any_order_of_setting_gives_the_same(
        TunMode mode, string address, string? destination, string? netmask, string expected, string routes)
    {
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        foreach (int[] order in orders)
        {
            using TunDevice device = Open(new TunDeviceOptions { Name = "ptp0", Mode = mode, Up = true });
            foreach (int step in order)
            {
                if (step == 0)
                    device.Address = IPAddress.Parse(address);
                else if (step == 1 && destination is not null)
                    device.Destination = IPAddress.Parse(destination);
                else if (step == 2 && netmask is not null)
                    device.Netmask = IPAddress.Parse(netmask);
            }

            Assert.Equal(expected, IpAddress("ptp0"));
            Assert.Equal(routes, IpRoutes("ptp0"));
            Assert.Equal(IPAddress.Parse(address), device.Address);
            Assert.Equal(destination, device.Destination?.ToString());
            Assert.Equal(netmask ?? "255.255.255.255", device.Netmask?.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void One_address_of_the_options_gives_the_same(
        TunMode mode, string address, string? destination, string? netmask, string expected, string routes)
    {
        int length = Netmask.Parse(netmask ?? "255.255.255.255");
        IPAddress? peer = destination is null ? null : IPAddress.Parse(destination);
        using TunDevice device = Open(new TunDeviceOptions
        {
            Name = "ptp0",
            Mode = mode,
            Addresses = [new InterfaceAddress(IPAddress.Parse(address), length, peer)],
            Up = true,
        });

        Assert.Equal(expected, IpAddress("ptp0"));
        Assert.Equal(routes, IpRoutes("ptp0"));
        Assert.Equal(expected, device.Addresses[0].ToString());
    }

    [Fact]
    public void A_tun_with_all_three_is_a_point_to_point_link()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "ptp0" });
        device.Address = IPAddress.Parse("10.66.66.1");
        device.Destination = IPAddress.Parse("10.66.66.2");
        device.Netmask = IPAddress.Parse("255.255.255.0");
        device.Up();

        string shown = _network.Run("ip", "address", "show", "dev", "ptp0").OrThrow().Output;

        Assert.Contains("<POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500", shown);
        Assert.Contains("qlen 500", shown);
        Assert.Contains("inet 10.66.66.1 peer 10.66.66.2/24 scope global ptp0", shown);
    }

    [Theory]
    [InlineData(TunMode.Tun, "198.51.100.1", true)]
    [InlineData(TunMode.Tun, null, true)]
    [InlineData(TunMode.Tap, "198.51.100.1", false)]
    [InlineData(TunMode.Tap, null, false)]
    public void The_flag_comes_from_the_kind_and_not_from_the_peer(TunMode mode, string? destination, bool isPointToPoint)
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "ptp0", Mode = mode, Up = true });
        device.Address = IPAddress.Parse("192.0.2.1");
        device.Destination = destination is null ? null : IPAddress.Parse(destination);

        Assert.Equal(isPointToPoint, (device.Link.Flags & LinkFlags.PointToPoint) != 0);
        Assert.Equal(isPointToPoint, (device.Link.Flags & LinkFlags.NoArp) != 0);
    }

    [Fact]
    public void Another_address_keeps_destination_and_netmask()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "ptp0", Up = true });
        InterfaceAddress other = InterfaceAddress.Parse("2001:db8::1/64");
        device.Addresses = [InterfaceAddress.Parse("10.66.66.1 peer 10.66.66.2/24"), other];

        device.Address = IPAddress.Parse("10.66.66.9");

        Assert.Equal("10.66.66.9 peer 10.66.66.2/24", IpAddress("ptp0"));
        Assert.Contains(other, device.Addresses);
    }

    [Fact]
    public void A_route_outlives_a_change_of_address()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "ptp0", Up = true });
        device.Address = IPAddress.Parse("192.0.2.1");
        device.Routes = [InterfaceRoute.Parse("203.0.113.0/24")];

        device.Destination = IPAddress.Parse("192.0.2.2");
        device.Address = IPAddress.Parse("192.0.2.3");

        Assert.Equal("192.0.2.2 203.0.113.0/24", IpRoutes("ptp0"));
    }

    [Fact]
    public void Only_the_first_address_is_changed()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "ptp0" });
        device.Addresses = [InterfaceAddress.Parse("192.0.2.1/24"), InterfaceAddress.Parse("198.51.100.1/24")];

        device.Address = IPAddress.Parse("203.0.113.1");

        Assert.Equal(["203.0.113.1/24", "198.51.100.1/24"], device.Addresses.Select(address => address.ToString()));
    }

    [Fact]
    public void No_address_takes_destination_and_netmask_along()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "ptp0" });
        device.Addresses = [InterfaceAddress.Parse("10.66.66.1 peer 10.66.66.2/24")];

        device.Destination = null;
        Assert.Equal("10.66.66.1/24", IpAddress("ptp0"));
        device.Netmask = null;
        Assert.Equal("10.66.66.1/32", IpAddress("ptp0"));
        device.Address = null;

        Assert.Equal("", IpAddress("ptp0"));
        Assert.Equal((null, null, null), (device.Address, device.Destination, device.Netmask));
    }

    [Fact]
    public void What_waits_for_an_address_is_read_back()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "ptp0" });

        device.Netmask = IPAddress.Parse("255.255.255.0");
        device.Destination = IPAddress.Parse("10.66.66.2");

        Assert.Equal("", IpAddress("ptp0"));
        Assert.Equal("255.255.255.0", device.Netmask?.ToString());
        Assert.Equal("10.66.66.2", device.Destination?.ToString());
    }

    [Fact]
    public void Without_an_address_there_is_none_to_read()
    {
        using TunDevice device = Open(new TunDeviceOptions { Name = "ptp0" });

        Assert.Equal((null, null, null), (device.Address, device.Destination, device.Netmask));
    }

    private TunDevice Open(TunDeviceOptions options) => TunDevice.Open(options with { Namespace = _network.Namespace });

    private string IpAddress(string name) => string.Join(' ', Ip("address", name)
        .Where(link => link.TryGetProperty("addr_info", out _))
        .SelectMany(link => link.GetProperty("addr_info").EnumerateArray()).Select(Describe));

    private string IpRoutes(string name) =>
        string.Join(' ', Ip("route", name).Select(route => route.GetProperty("dst").GetString()));

    private JsonElement.ArrayEnumerator Ip(string what, string name) =>
        _network.Ip("-4", what, "show", "dev", name).EnumerateArray();

    private static string Describe(JsonElement address)
    {
        string peer = address.TryGetProperty("address", out JsonElement end) ? $" peer {end.GetString()}" : "";
        return $"{address.GetProperty("local").GetString()}{peer}/{address.GetProperty("prefixlen").GetInt32()}";
    }
}
