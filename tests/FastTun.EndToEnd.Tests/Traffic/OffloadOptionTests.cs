using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>Offloads switched off for all ports, by port, and not at all, as iproute2 sees the devices.</summary>
public class OffloadOptionTests
{
    [Theory]
    [InlineData("ta", "tb", true, true)]
    [InlineData("ta", "tb,offload=false", true, false)]
    [InlineData("ta", "tb", false, false, "--no-offload")]
    [InlineData("ta", "tb,offload=true", false, true, "--no-offload")]
    public void A_port_goes_by_its_own_word_and_else_by_the_option(
        string left, string right, bool leftHas, bool rightHas, params string[] options)
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using RunningCommand forward = Command.Start(host, ["forward", left, right, .. options]);
        bool[] found = [HasHeader(host, "ta"), HasHeader(host, "tb")];
        forward.Stop().AssertConserved();
        Assert.Equal([leftHas, rightHas], found);
    }

    private static bool HasHeader(PrivateNetwork host, string name)
    {
        using var links = JsonDocument.Parse(host.Run("ip", "-d", "-j", "link", "show", name).OrThrow().Output);
        return links.RootElement[0].GetProperty("linkinfo").GetProperty("info_data").GetProperty("vnet_hdr").GetBoolean();
    }
}
