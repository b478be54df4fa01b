using System.CommandLine;
using System.CommandLine.Parsing;

namespace FastTun.Cli.CommandLine;

/// <summary>Arguments and options whose text is read by a function that throws what is wrong with it.</summary>
internal static class Parsed
{
    public static Argument<T> Argument<T>(string name, string description, Func<string, T> parse) => new(name)
    {
        Description = description,
        CustomParser = result => Read(result, name, parse),
    };

    public static Option<T> Option<T>(string name, string value, string description, Func<string, T> parse) => new(name)
    {
        HelpName = value,
        Description = description,
        CustomParser = result => Read(result, name, parse),
    };

    private static T? Read<T>(ArgumentResult result, string name, Func<string, T> parse)
    {
        try
        {
            return CommandException.Checked(() => parse(result.Tokens[0].Value));
        }
        catch (CommandException problem)
        {
            result.AddError($"{name}: {problem.Message}");
            return default;
        }
    }
}
