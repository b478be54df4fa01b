using System.CommandLine;
using System.CommandLine.Help;
using FastTun.Cli.Commands;

namespace FastTun.Cli.CommandLine;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Forwards packets between TUN and TAP devices, and measures it.")
        {
            ForwardCommand.Create(),
            ReflectCommand.Create(),
            DeviceCommand.Create(),
            BenchCommand.Create(),
            ProbeCommand.Create(),
            CompletionCommand.Create(),
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    /// <summary>A command's name as it is typed, from the program's on.</summary>
    public static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? Path(parent).Append(command.Name) : ["fasttun"];
}
