using System.Net;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Cli.Forwarding;
using FastTun.Stages;

namespace FastTun.EndToEnd.Tests.CommandLine;

public class RewriteRuleTests
{
    [Theory]
    [InlineData("source 198.18.0.1 to 198.19.0.1", AddressField.Source, "198.18.0.1/32", "198.19.0.1/32", null)]
    [InlineData(
        "destination 198.18.0.0/24 to 198.19.0.0/24 at ta", AddressField.Destination, "198.18.0.0/24", "198.19.0.0/24", "ta")]
    [InlineData("source 2001:DB8::1 to 2001:db8::2 at t@A", AddressField.Source, "2001:db8::1/128", "2001:db8::2/128", "t@A")]
    public void Is_read_as_written(string text, AddressField field, string from, string to, string? port) =>
        Assert.Equal(new RewriteRule(field, IPNetwork.Parse(from), IPNetwork.Parse(to), port), RewriteRule.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("source 198.18.0.1")]
    [InlineData("source 198.18.0.1 into 198.19.0.1")]
    [InlineData("port 198.18.0.1 to 198.19.0.1")]
    [InlineData("source 198.18.0.1 to 198.19.0.1 at")]
    [InlineData("source 198.18.0 to 198.19.0.1")]
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
}
