namespace FastTun.Cli.CommandLine;

/// <summary>Ends the command with one line for its user, who is told what is wrong and what to do about it.</summary>
internal sealed class CommandException(ExitCode exitCode, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>What was asked for cannot be.</summary>
    public static CommandException Usage(string message, Exception? cause = null) => new(ExitCode.Usage, message, cause);

    /// <summary>Runs set-up code, whose complaints about its arguments are the user's to hear.</summary>
    public static T Checked<T>(Func<T> setUp)
    {
        try
        {
            return setUp();
        }
        catch (ArgumentException exception)
        {
            throw Usage(WithoutParameter(exception), exception);
        }
        catch (FormatException exception)
        {
            throw Usage(exception.Message, exception);
        }
    }

    /// <summary>The same, and the complaint begins with what it is about.</summary>
    public static T Checked<T>(object culprit, Func<T> setUp)
    {
        try
        {
            return Checked(setUp);
        }
        catch (CommandException problem) when (!problem.Message.StartsWith($"{culprit}:", StringComparison.Ordinal))
        {
            throw new CommandException(problem.ExitCode, $"{culprit}: {problem.Message}", problem);
        }
    }

    // ArgumentException says "... (Parameter 'x')" of a parameter that the user has never heard of.
    private static string WithoutParameter(ArgumentException exception) =>
        exception.ParamName is { } name ? exception.Message.Replace($" (Parameter '{name}')", "") : exception.Message;
}
