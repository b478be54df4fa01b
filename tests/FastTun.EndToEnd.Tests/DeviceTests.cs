using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

/// <summary><c>fasttun device</c>, judged by iproute2.</summary>
public sealed class DeviceTests : IDisposable
{
    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void An_added_device_stays_and_is_what_was_asked_for()
    {
        Assert.Equal("tun0\n", Device(
            "add", "tun0", "--address", "198.18.0.1 peer 198.18.0.2/24", "--address", "2001:db8::1/64", "--mtu", "1400",
            "--txqueuelen", "100", "--queues", "4", "--owner", "root", "--group", "65534",
            "--route", "203.0.113.0/24 metric 7", "--up"));

        JsonElement link = _host.Ip("address", "show", "tun0")[0];
        Assert.Equal((1400, 100), (link.GetProperty("mtu").GetInt32(), link.GetProperty("txqlen").GetInt32()));
        JsonElement data = link.GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal("tun", data.GetProperty("type").GetString());
        Assert.True(data.GetProperty("persist").GetBoolean() && data.GetProperty("multi_queue").GetBoolean());
        Assert.Equal("root", data.GetProperty("user").GetString());
        JsonElement address = link.GetProperty("addr_info")[0];
        Assert.Equal("198.18.0.1", address.GetProperty("local").GetString());
        Assert.Equal("198.18.0.2", address.GetProperty("address").GetString());
        JsonElement route = _host.Ip("route", "show", "203.0.113.0/24")[0];
        Assert.Equal(("tun0", 7), (route.GetProperty("dev").GetString(), route.GetProperty("metric").GetInt32()));
    }

    [Fact]
    public void The_classic_words_make_the_same_address()
    {
        Device("add", "tun0", "--address", "198.18.0.1", "--netmask", "255.255.255.0", "--destination", "198.18.0.2");
        Assert.Contains("198.18.0.1 peer 198.18.0.2/24", _host.Run("ip", "address", "show", "tun0").Output);
        Device("set", "tun0", "--destination", "198.18.0.9");
        Assert.Contains("198.18.0.1 peer 198.18.0.9/24", _host.Run("ip", "address", "show", "tun0").Output);
    }

    [Fact]
    public void Set_twice_changes_nothing_the_second_time()
    {
        string[] set = ["set", "tap0", "--mtu", "9000", "--mac", "02:00:00:00:00:01", "--address", "198.18.0.1/24", "--up"];
        Device("add", "tap0", "--mode", "tap");
        Device(set);
        string once = _host.Run("ip", "-d", "address", "show", "tap0").Output;
        Assert.Contains("mtu 9000", once);
        Assert.Contains("link/ether 02:00:00:00:00:01", once);
        Device(set);
        Assert.Equal(once, _host.Run("ip", "-d", "address", "show", "tap0").Output);
    }

    [Fact]
    public void Owner_and_group_are_set_on_what_exists()
    {
        _host.AddDevice("tun0");
        Device("set", "tun0", "--owner", "root", "--group", "1");
        JsonElement data = _host.Ip("link", "show", "tun0")[0].GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal("root", data.GetProperty("user").GetString());
        Assert.True(data.GetProperty("persist").GetBoolean());
    }

    [Fact]
    public void A_refused_set_leaves_the_device_as_it_was()
    {
        Device("add", "tun0", "--mtu", "1400", "--up");
        string before = _host.Run("ip", "-d", "address", "show", "tun0").Output;
        ToolResult refused = Command.Run(
            _host, "device", "set", "tun0", "--mtu", "1300", "--route", "203.0.113.0/24 via 192.0.2.1");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("192.0.2.1", refused.Errors);
        Assert.Equal(before, _host.Run("ip", "-d", "address", "show", "tun0").Output);
    }

    [Theory]
    [InlineData("lo", "lo is no TUN or TAP device")]
    [InlineData("p1,mode=tap", "mode: what p1 carries")]
    [InlineData("p1,queues=2", "queues")]
    [InlineData("tb,route=203.0.113.0/24 via 192.0.2.1", "192.0.2.1")]
    public void A_run_whose_other_port_is_refused_leaves_a_present_device_as_it_was(string other, string culprit)
    {
        Device("add", "p0", "--address", "198.18.0.1/24", "--route", "203.0.113.128/25", "--up");
        Device("add", "p1");
        string before = _host.Run("ip", "address", "show", "p0").Output + _host.Run("ip", "route").Output;
        string queues = other.Contains("queues") ? ",queues=2" : "";
        ToolResult refused = Command.Run(
            _host, "forward", $"p0,address=198.19.0.1/24,mtu=1300,txqueuelen=7{queues}", other);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(culprit, refused.Errors);
        Assert.Equal(before, _host.Run("ip", "address", "show", "p0").Output + _host.Run("ip", "route").Output);
    }

    [Theory]
    [InlineData("--mode", "tap")]
    [InlineData("--queues", "2")]
    public void What_is_decided_at_the_making_is_refused_later(string option, string value)
    {
        Device("add", "tun0");
        ToolResult refused = Command.Run(_host, "device", "set", "tun0", option, value);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(option[2..], refused.Errors);
    }

    [Fact]
    public void An_existing_name_is_not_taken_over()
    {
        Device("add", "tun0");
        ToolResult refused = Command.Run(_host, "device", "add", "tun0", "--mtu", "1300");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("tun0 exists already", refused.Errors);
        Assert.Equal(1500, _host.Routes.GetLink("tun0").Mtu);
    }

    [Fact]
    public void Show_reads_back_what_iproute2_made()
    {
        _host.AddDevice("tap0", "tap");
        _host.Run("ip", "address", "add", "198.18.0.1/24", "dev", "tap0").OrThrow();
        _host.Run("ip", "link", "set", "tap0", "mtu", "1234", "up").OrThrow();
        JsonElement device = Json("show", "tap0", "--json", "-");
        Assert.Equal("tap", device.GetProperty("mode").GetString());
        Assert.Equal(1234, device.GetProperty("mtu_bytes").GetInt32());
        Assert.True(device.GetProperty("up").GetBoolean());
        Assert.Contains("198.18.0.1/24", device.GetProperty("addresses").EnumerateArray().Select(text => text.GetString()));
        string? mac = _host.Ip("link", "show", "tap0")[0].GetProperty("address").GetString();
        Assert.Equal(mac, device.GetProperty("mac").GetString());
        Assert.Contains("1234 bytes", Device("show", "tap0"));
    }

    [Fact]
    public void List_and_delete_reach_into_another_namespace()
    {
        using PrivateNetwork other = PrivateNetwork.Create();
        string place = "@" + Command.NameOf(other);
        Device("add", "first" + place);
        Device("add", "tun%d" + place);
        JsonElement devices = Json("list", place, "--json", "-");
        Assert.Equal(["first", "tun0"], devices.EnumerateArray().Select(device => device.GetProperty("name").GetString()));
        Device("delete", "first" + place);
        Assert.False(other.Routes.TryGetLink("first", out _));
        Assert.Contains("tun0", Device("list", place));
        Assert.Equal(0, Json("list", "--json", "-").GetArrayLength());
    }

    private string Device(params string[] arguments) => Command.Run(_host, ["device", .. arguments]).OrThrow().Output;

    private JsonElement Json(params string[] arguments) => JsonDocument.Parse(Device(arguments)).RootElement;
}
