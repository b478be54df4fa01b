using System.CommandLine;
using System.CommandLine.Invocation;

namespace FastTun.Cli.CommandLine;

/// <summary>The way from the arguments to an exit code: parse all, complain in one line or run, and explain what went wrong.</summary>
internal static class EntryPoint
{
    // No response files: a namespace is written @NAME, and so is one of those.
    private static readonly ParserConfiguration Parsing = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

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
        string command = string.Join(' ', CommandTree.Path(parsed.CommandResult.Command));
        string message = parsed.Errors[0].Message.TrimEnd('.');
        Failure.WriteLine($"{message}; see '{command} --help'");
        return ExitCode.Usage;
    }
}
