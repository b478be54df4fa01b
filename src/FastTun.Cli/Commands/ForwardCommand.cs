using System.CommandLine;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Cli.Forwarding;
using FastTun.Stages;

namespace FastTun.Cli.Commands;

/// <summary><c>fasttun forward</c>: a wire between two ports.</summary>
internal static class ForwardCommand
{
    public static Command Create()
    {
        Argument<PortSpec> left = Parsed.Argument("PORT", "One end", PortSpec.Parse);
        Argument<PortSpec> right = Parsed.Argument("OTHER-PORT", "The other end", PortSpec.Parse);
        var timeToLive = new Option<bool>("--ttl")
        {
            Description = "Take one from each packet's time to live, as a router does",
        };
        Option<RewriteRule[]> rewrite = RewriteRule.Option();
        var run = new RunOptions();
        var command = new DocumentedCommand("forward", "Join two ports: what comes in at one goes out at the other")
        {
            Notes = PortSpec.Notes,
            Examples =
            [
                "fasttun forward tun0 tun1",
                "fasttun forward \"ta@A,address=198.18.0.1 peer 198.18.0.2\" tb@pid:1234 --ttl",
                "fasttun forward ta@A tb@B --rewrite \"destination 198.18.0.2 to 198.19.0.1 at ta\" --record all.pcapng",
                "fasttun forward ta@A tb@B --rewrite \"destination 203.0.113.1:80 to 198.19.0.1:8080 at ta\""
                    + " --rewrite \"source 198.19.0.1:8080 to 203.0.113.1:80 at tb\"",
                "fasttun forward ta@A,queues=2 tb@B,queues=2 --cpus 0,1 --json statistics.json",
            ],
        };
        command.Arguments.Add(left);
        command.Arguments.Add(right);
        command.Options.Add(timeToLive);
        command.Options.Add(rewrite);
        foreach (Option option in run.All)
            command.Options.Add(option);
        command.SetAction((parsed, _) =>
        {
            PortSpec[] ports = [parsed.GetRequiredValue(left), parsed.GetRequiredValue(right)];
            AddressRewrite[] rules = [.. (parsed.GetValue(rewrite) ?? []).Select(rule => rule.Resolve(ports))];
            return run.ToRun(parsed).ExecuteAsync(ports, () => Stages(rules, parsed.GetValue(timeToLive)));
        });
        return command;
    }

    private static List<IPacketStage> Stages(AddressRewrite[] rules, bool timeToLive)
    {
        List<IPacketStage> stages = [new ValidationStage()];
        if (timeToLive)
            stages.Add(new TimeToLiveStage());
        if (rules.Length > 0)
            stages.Add(new AddressRewriteStage(rules));
        stages.Add(new CrossConnectStage());
        return stages;
    }
}
