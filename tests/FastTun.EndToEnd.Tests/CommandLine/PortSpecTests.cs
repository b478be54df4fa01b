using System.Net;
using FastTun.Cli.Devices;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Queues;

namespace FastTun.EndToEnd.Tests.CommandLine;

public class PortSpecTests
{
    [Fact]
    public void A_name_alone_says_nothing_more()
    {
        PortSpec port = PortSpec.Parse("tun0");
        Assert.Equal(new DevicePlace("tun0", null), port.Place);
        Assert.Equal(new DeviceSettings(), port.Settings);
    }

    [Theory]
    [InlineData("ta@A", "ta", "A")]
    [InlineData("ta@/run/netns/A", "ta", "/run/netns/A")]
    [InlineData("tun%d@pid:1", "tun%d", "pid:1")]
    public void A_namespace_follows_the_name(string text, string name, string ns)
    {
        Assert.Equal(new DevicePlace(name, ns), PortSpec.Parse(text).Place);
        Assert.Equal(text, PortSpec.Parse(text).Place.ToString());
    }

    [Fact]
    public void Every_key_reaches_its_setting()
    {
        DeviceSettings settings = PortSpec.Parse(
            "t,mode=tap,address=198.18.0.1 peer 198.18.0.2/24,address=2001:db8::1/64,router=198.18.0.3,mtu=1400,"
            + "mac=02:00:00:00:00:01,txqueuelen=7,queues=2,owner=1,group=2,offload=false,join=false,io=epoll,down,"
            + "route=203.0.113.0/24 via 198.18.0.9 metric 5").Settings;
        Assert.Equal(TunMode.Tap, settings.Mode);
        Assert.Equal("198.18.0.1 peer 198.18.0.2/24, 2001:db8::1/64", string.Join(", ", settings.Addresses!));
        Assert.Equal(IPAddress.Parse("198.18.0.3"), settings.Router);
        Assert.Equal((1400, 7, 2), (settings.Mtu, settings.TransmitQueueLength, settings.Queues));
        Assert.Equal("020000000001", $"{settings.HardwareAddress}");
        Assert.Equal((1u, 2u), (settings.Owner, settings.Group));
        Assert.Equal(["203.0.113.0/24 via 198.18.0.9 metric 5"], settings.Routes!.Select(route => route.ToString()));
        Assert.Equal((false, false, false, (QueueIo?)QueueIo.Epoll), (settings.Up, settings.Offload, settings.Join, settings.Io));
    }

    [Fact]
    public void Users_and_groups_have_names() =>
        Assert.Equal(PortSpec.Parse("t,owner=0,group=0").Settings, PortSpec.Parse("t,owner=root,group=root").Settings);

    [Theory]
    [InlineData("up", true)]
    [InlineData("up=true", true)]
    [InlineData("up=false", false)]
    [InlineData("down", false)]
    [InlineData("down=false", true)]
    public void A_switch_may_stand_alone(string key, bool up) => Assert.Equal(up, PortSpec.Parse($"t,{key}").Settings.Up);

    [Theory]
    [InlineData("address=198.18.0.1,destination=198.18.0.2", "198.18.0.1 peer 198.18.0.2/32")]
    [InlineData("address=198.18.0.1,netmask=255.255.255.0", "198.18.0.1/24")]
    [InlineData("destination=198.18.0.2,netmask=255.255.0.0,address=198.18.0.1", "198.18.0.1 peer 198.18.0.2/16")]
    [InlineData("address=198.18.0.1/24,broadcast=198.18.0.255", "198.18.0.1/24 brd 198.18.0.255")]
    [InlineData("address=2001:db8::1/64,address=198.18.0.1,netmask=255.0.0.0", "2001:db8::1/64, 198.18.0.1/8")]
    public void Parts_of_an_address_are_put_into_the_first_ipv4_one(string keys, string expected)
    {
        IReadOnlyList<InterfaceAddress>? addresses = PortSpec.Parse($"t,{keys}").Settings.ToOptions("t", null).Addresses;
        Assert.Equal(expected, string.Join(", ", addresses!));
    }

    [Fact]
    public void The_keys_are_those_that_are_documented()
    {
        string[] device =
        [
            "mode", "address", "destination", "netmask", "broadcast", "mtu", "mac", "txqueuelen", "queues", "owner",
            "group", "route", "up", "down",
        ];
        Assert.Equal(device, DeviceKey.Device.Select(key => key.Name));
        Assert.Equal([.. device, "router", "offload", "join", "napi", "io"], DeviceKey.Port.Select(key => key.Name));
    }
}
