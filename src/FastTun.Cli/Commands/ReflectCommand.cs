using System.CommandLine;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Cli.Forwarding;
using FastTun.Stages;

namespace FastTun.Cli.Commands;

/// <summary><c>fasttun reflect</c>: a mirror behind one port.</summary>
internal static class ReflectCommand
{
    public static Command Create()
    {
        Argument<PortSpec> port = Parsed.Argument("PORT", "Where to answer", PortSpec.Parse);
        var run = new RunOptions();
        var command = new DocumentedCommand(
            "reflect",
            "Send everything back where it came from, addresses and ports swapped; answers ping for every address")
        {
            Notes = PortSpec.Notes,
            Examples = ["fasttun reflect \"tun0,address=198.18.0.1 peer 198.18.0.2,route=203.0.113.0/24\""],
        };
        command.Arguments.Add(port);
        foreach (Option option in run.All)
            command.Options.Add(option);
        command.SetAction((parsed, _) => run.ToRun(parsed).ExecuteAsync(
            [parsed.GetRequiredValue(port)],
            () => [new ValidationStage(), new ReflectStage()]));
        return command;
    }
}
