using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace FastTun.Cli.CommandLine;

/// <summary>The ordinary help, and behind it what the command itself adds.</summary>
internal sealed class HelpWithExamples(HelpAction ordinary) : SynchronousCommandLineAction
{
    // --help is an answer, whatever else is wrong with the line.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int result = ordinary.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not DocumentedCommand command)
            return result;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (command.Notes is { } notes)
            WriteSection(output, notes.Title, notes.Lines);
        if (command.Examples.Count > 0)
            WriteSection(output, "Examples", command.Examples);
        return result;
    }

    private static void WriteSection(TextWriter output, string title, IReadOnlyList<string> lines)
    {
        output.WriteLine($"{title}:");
        foreach (string line in lines)
            output.WriteLine($"  {line}");
        output.WriteLine();
    }
}
