using System.Text.RegularExpressions;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>
/// What finds the hops of a route finds those that there are: none in a wire, and one with <c>--ttl</c>, which drops
/// without a word what may go no further.
/// </summary>
public class RouteTracingTests
{
    [Theory]
    [InlineData(QuietHosts.RightAddress)]
    [InlineData(QuietHosts.RightAddressV6)]
    [InlineData(QuietHosts.RightAddress, "-I")]
    [InlineData(QuietHosts.RightAddress, "-T", "-p", "9")]
    public void Traceroute_finds_one_silent_hop_and_the_destination_behind_it(string target, params string[] probes)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward("--ttl");
        Assert.Equal(["*", target], Trace(hosts, target, probes));
        RunResult result = forward.StopInOrder();
        Assert.Equal(1, Assert.Single(result.TotalDrops, drop => drop.Key == "time_to_live_exceeded").Value);
    }

    [Fact]
    public void Traceroute_finds_no_hop_in_a_wire()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward();
        Assert.Equal([QuietHosts.RightAddress], Trace(hosts, QuietHosts.RightAddress));
        forward.StopInOrder().AssertAllForwarded(packets: 2);
    }

    [Theory]
    [InlineData(QuietHosts.RightAddress)]
    [InlineData(QuietHosts.RightAddressV6)]
    public void Tracepath_finds_the_path_MTU_and_the_number_of_hops(string target)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward("--ttl");
        string output = hosts.Left.Run("tracepath", "-n", target).OrThrow().Output;
        Assert.Matches($@" 2: +{Regex.Escape(target)} .*reached", output);
        Assert.Contains("Resume: pmtu 1500 hops 2 back 2", output);
        Assert.True(forward.StopInOrder().TotalDrops["time_to_live_exceeded"] > 0);
    }

    // The hops, one probe each: an address, or a star where none answered.
    private static string[] Trace(QuietHosts hosts, string target, params string[] probes)
    {
        string[] once = ["-n", "-q", "1", "-N", "1", "-m", "3", "-w", "2"];
        string output = hosts.Left.Run("traceroute", [.. once, .. probes, target]).OrThrow().Output;
        return [.. Regex.Matches(output, @"^ *\d+ +(\S+)", RegexOptions.Multiline).Select(hop => hop.Groups[1].Value)];
    }
}
