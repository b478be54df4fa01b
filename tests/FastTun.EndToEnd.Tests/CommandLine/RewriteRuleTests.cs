using System.Net;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Cli.Forwarding;
using FastTun.Stages;

namespace FastTun.EndToEnd.Tests.CommandLine;

public class RewriteRuleTests
{
    [Theory]
    [InlineData("source 198.18.0.1 to 198.19.0.1", AddressField.Source, "198.18.0.1/32", null, "198.19.0.1/32", null, null)]
    [InlineData(
        "destination 198.18.0.0/24 to 198.19.0.0/24 at ta",
        AddressField.Destination, "198.18.0.0/24", null, "198.19.0.0/24", null, "ta")]
    [InlineData(
        "source 2001:DB8::1 to 2001:db8::2 at t@A", AddressField.Source, "2001:db8::1/128", null, "2001:db8::2/128", null, "t@A")]
    [InlineData(
        "destination 203.0.113.1:80 to 198.19.0.1:8080 at ta",
        AddressField.Destination, "203.0.113.1/32", 80, "198.19.0.1/32", 8080, "ta")]
    [InlineData(
        "source 198.19.0.0/24:1 to 203.0.113.0/24:65535", AddressField.Source, "198.19.0.0/24", 1, "203.0.113.0/24", 65535, null)]
    [InlineData(
        "source [2001:db8::1]:80 to [2001:db8::2]:8080", AddressField.Source, "2001:db8::1/128", 80, "2001:db8::2/128", 8080, null)]
    [InlineData(
        "source [2001:db8:1::/64]:80 to [2001:db8:2::/64]:80",
        AddressField.Source, "2001:db8:1::/64", 80, "2001:db8:2::/64", 80, null)]
    public void Is_read_as_written(
        string text, AddressField field, string from, int? fromPort, string to, int? toPort, string? port)
    {
        RewriteRule rule = RewriteRule.Parse(text);
        Assert.Equal(new RewriteRule(field, End(from, fromPort), End(to, toPort), port), rule);
        AddressRewrite resolved = RewriteRule.Parse(text.Split(" at ")[0]).Resolve([]);
        Assert.Equal((fromPort, toPort), (resolved.TransportPort?.From, resolved.TransportPort?.To));
    }

    [Theory]
    [InlineData("")]
    [InlineData("source 198.18.0.1")]
    [InlineData("source 198.18.0.1 into 198.19.0.1")]
    [InlineData("port 198.18.0.1 to 198.19.0.1")]
    [InlineData("source 198.18.0.1 to 198.19.0.1 at")]
    [InlineData("source 198.18.0 to 198.19.0.1")]
    [InlineData("source 198.18.0.1:80 to 198.19.0.1")]
    [InlineData("source 198.18.0.1 to 198.19.0.1:80")]
    [InlineData("source 198.18.0.1:0 to 198.19.0.1:80")]
    [InlineData("source 198.18.0.1:80 to 198.19.0.1:65536")]
    [InlineData("source 198.18.0.1:80 to 198.19.0.1:+80")]
    [InlineData("source 198.18.0.1:80 to 198.19.0.1:")]
    [InlineData("source 198.18.0.1:80/24 to 198.19.0.1:80/24")]
    [InlineData("source [2001:db8::1]80 to [2001:db8::2]:80")]
    [InlineData("source [2001:db8::1 to [2001:db8::2")]
    public void What_is_no_rule_is_refused(string text) => Assert.Throws<FormatException>(() => RewriteRule.Parse(text));

    [Theory]
    [InlineData("ta@A", 0)]
    [InlineData("tb", 1)]
    public void Its_port_is_found_by_name_or_place(string port, int index)
    {
        PortSpec[] ports = [PortSpec.Parse("ta@A"), PortSpec.Parse("tb@B,queues=2")];
        Assert.Equal(index, RewriteRule.Parse($"source 198.18.0.1 to 198.19.0.1 at {port}").Resolve(ports).InputPort);
    }

    [Theory]
    [InlineData("tc", "ta@A", "tb@A")]
    [InlineData("ta", "ta@A", "ta@B")]
    public void A_port_that_is_none_or_two_is_refused(string port, string left, string right)
    {
        RewriteRule rule = RewriteRule.Parse($"source 198.18.0.1 to 198.19.0.1 at {port}");
        PortSpec[] ports = [PortSpec.Parse(left), PortSpec.Parse(right)];
        CommandException refused = Assert.Throws<CommandException>(() => rule.Resolve(ports));
        Assert.Equal(ExitCode.Usage, refused.ExitCode);
    }

    private static RewriteEnd End(string network, int? port) => new(IPNetwork.Parse(network), (ushort?)port);
}
