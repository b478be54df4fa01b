using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

public sealed class ProbeTests : IDisposable
{
    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Says_what_root_can_do_and_leaves_nothing()
    {
        JsonElement report = Probe(Command.Run(_host, "probe", "--json", "-"));
        Assert.True(report.GetProperty("privileged").GetBoolean());
        JsonElement tun = Capability(report, "TUN devices");
        Assert.True(tun.GetProperty("available").GetBoolean());
        Assert.Equal(JsonValueKind.Null, tun.GetProperty("errno").ValueKind);
        Assert.Equal(["lo"], _host.Routes.GetLinks().Select(link => link.Name));
    }

    [Fact]
    public void Says_what_it_would_take()
    {
        JsonElement report = Probe(Command.RunBehind(_host, Command.NoCapabilities, "probe", "--json", "-"));
        JsonElement tun = Capability(report, "TUN devices");
        Assert.Equal("EPERM", tun.GetProperty("errno").GetString());
        Assert.Contains("unshare -Urn", tun.GetProperty("detail").GetString());
    }

    [Fact]
    public void Prints_a_table() => Assert.Matches("TUN devices +yes", Command.Run(_host, "probe").OrThrow().Output);

    private static JsonElement Probe(ToolResult result) => JsonDocument.Parse(result.OrThrow().Output).RootElement;

    private static JsonElement Capability(JsonElement report, string name) => report.GetProperty("capabilities")
        .EnumerateArray().Single(capability => capability.GetProperty("name").GetString() == name);
}
