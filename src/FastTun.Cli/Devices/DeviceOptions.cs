using System.CommandLine;
using FastTun.Cli.CommandLine;

namespace FastTun.Cli.Devices;

/// <summary>The device keys as the options of a command.</summary>
internal sealed class DeviceOptions
{
    private readonly List<(DeviceKey Key, Option Option)> _options =
        [.. DeviceKey.Device.Select(key => (key, ToOption(key)))];

    public IEnumerable<Option> All => _options.Select(pair => pair.Option);

    /// <summary>What was said.</summary>
    /// <exception cref="CommandException">What was said contradicts itself, or is no value of its key.</exception>
    public DeviceSettings Read(ParseResult parsed)
    {
        IEnumerable<(DeviceKey, string)> values =
            from pair in _options from value in Values(parsed, pair.Option) select (pair.Key, value);
        return CommandException.Checked(() => DeviceSettings.From(values));
    }

    private static string[] Values(ParseResult parsed, Option option) => option switch
    {
        Option<bool> given => parsed.GetValue(given) ? [""] : [],
        Option<string> given => parsed.GetValue(given) is { } value ? [value] : [],
        Option<string[]> given => parsed.GetValue(given) ?? [],
        _ => throw new NotSupportedException($"{option}"),
    };

    private static Option ToOption(DeviceKey key)
    {
        Option option = key switch
        {
            { IsSwitch: true } => new Option<bool>($"--{key.Name}") { Arity = ArgumentArity.Zero },
            { Repeats: true } => new Option<string[]>($"--{key.Name}"),
            _ => new Option<string>($"--{key.Name}"),
        };
        option.Description = char.ToUpperInvariant(key.Description[0]) + key.Description[1..];
        option.HelpName = key.Value;
        return option;
    }
}
