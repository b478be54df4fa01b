using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace FastTun.Cli.CommandLine;

/// <summary>From arguments to an exit code: parse all, complain in one line or run, and explain what went wrong.</summary>
internal static class EntryPoint
{
    // No response files: a namespace is written @NAME, and so is one of those.
    private static readonly ParserConfiguration Parsing = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    // Signals and failures are this program's own affair.
    private static readonly InvocationConfiguration Invocation = new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = CommandTree.Create().Parse(args, Parsing);
        if (parsed.Action is ParseErrorAction)
            return (int)Complain(parsed);
        try
        {
            return await parsed.InvokeAsync(Invocation);
        }
        catch (Exception exception)
        {
            return (int)Failure.Report(exception);
        }
    }

    private static ExitCode Complain(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string message = parsed.Errors[0] switch
        {
            // The parser says first that a command is missing, and then what was there in its place.
            _ when command.Subcommands.Count > 0 =>
                $"{(parsed.UnmatchedTokens is [var unknown, ..] ? $"'{unknown}'" : "a command is missing")}: "
                + $"the commands are {string.Join(' ', command.Subcommands.Select(sub => sub.Name))}",
            { SymbolResult: ArgumentResult { Tokens.Count: 0 } missing } => $"{missing.Argument.Name} is missing",
            var error => error.Message.TrimEnd('.'),
        };
        Failure.WriteLine($"{message}; see '{string.Join(' ', CommandTree.Path(command))} --help'");
        return ExitCode.Usage;
    }
}
