using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

/// <summary>What a machine or a user lacks is said in one line with the way out, and exit code 3.</summary>
public sealed class WithoutPrivilegeTests : IDisposable
{
    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public static TheoryData<string[]> Privileged => new(
        ["forward", "ta", "tb"],
        ["reflect", "ta"],
        ["device", "add", "ta"]);

    public void Dispose() => _host.Dispose();

    [Theory]
    [MemberData(nameof(Privileged))]
    public void Without_capabilities_the_way_out_is_told(string[] arguments)
    {
        ToolResult result = Command.RunBehind(_host, Command.NoCapabilities, arguments);
        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.Contains("CAP_NET_ADMIN; run as root, or inside 'unshare -Urn'", result.Errors);
    }

    [Fact]
    public void Without_capabilities_an_interface_is_not_changed()
    {
        _host.AddDevice("tun0");
        ToolResult result = Command.RunBehind(_host, Command.NoCapabilities, "device", "set", "tun0", "--up");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("EPERM", result.Errors);
        Assert.False(_host.Routes.GetLink("tun0").IsUp);
    }

    [Fact]
    public void Without_the_driver_the_way_out_is_told()
    {
        ToolResult? result = null;
        WithoutDriver.Run(_host.Namespace, () => result = Command.RunHere("device", "add", "tun0"));
        Assert.Equal(3, result!.ExitCode);
        Assert.Contains("open /dev/net/tun: ENOENT", result.Errors);
        Assert.Contains("modprobe tun", result.Errors);
    }
}
