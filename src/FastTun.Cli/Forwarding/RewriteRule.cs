using System.CommandLine;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Stages;

namespace FastTun.Cli.Forwarding;

/// <summary>One substitution as it is written: <c>source|destination FROM to TO [at PORT]</c>.</summary>
/// <param name="Field">Which address, and which TCP or UDP port.</param>
/// <param name="From">What to match.</param>
/// <param name="To">What it becomes.</param>
/// <param name="Port">The name of the only input port that it is for; null for all.</param>
internal sealed record RewriteRule(AddressField Field, RewriteEnd From, RewriteEnd To, string? Port)
{
    private const string Format = "source|destination FROM to TO [at PORT]";

    public static Option<RewriteRule[]> Option() => new("--rewrite")
    {
        HelpName = $"\"{Format}\"",
        Description = "Substitute addresses, whole networks of one size, or ADDRESS:TCP-OR-UDP-PORT, and keep all "
            + "checksums right; may repeat",
        CustomParser = result =>
        {
            try
            {
                return [.. result.Tokens.Select(token => CommandException.Checked(() => Parse(token.Value)))];
            }
            catch (CommandException problem)
            {
                result.AddError($"--rewrite: {problem.Message}");
                return [];
            }
        },
    };

    /// <exception cref="FormatException">Says which part is wrong.</exception>
    public static RewriteRule Parse(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool isWhole = words.Length is 4 or 6 && words[2] == "to" && (words.Length == 4 || words[4] == "at");
        if (!isWhole || words[0] is not ("source" or "destination"))
            throw new FormatException($"'{text}': it is written {Format}");
        var field = words[0] == "source" ? AddressField.Source : AddressField.Destination;
        (RewriteEnd from, RewriteEnd to) = (RewriteEnd.Parse(words[1]), RewriteEnd.Parse(words[3]));
        if (from.Port is null != to.Port is null)
            throw new FormatException($"'{text}': both sides have a TCP or UDP port, or neither");
        var rule = new RewriteRule(field, from, to, words.Length == 6 ? words[5] : null);

        // What cannot be rewritten is found out here, and not when the ports are open.
        _ = rule.ToStage(inputPort: null);
        return rule;
    }

    /// <summary>The rule as a stage takes it, its port found among those of the run.</summary>
    /// <exception cref="CommandException">There is no such port.</exception>
    public AddressRewrite Resolve(IReadOnlyList<PortSpec> ports)
    {
        if (Port is null)
            return ToStage(inputPort: null);
        DevicePlace[] places = [.. ports.Select(port => port.Place)];
        int[] found = [.. Enumerable.Range(0, places.Length).Where(i => Port == places[i].Name || Port == $"{places[i]}")];
        return found.Length == 1
            ? ToStage(found[0])
            : throw CommandException.Usage($"--rewrite at {Port}: the ports are {places[0]} and {places[^1]}");
    }

    private AddressRewrite ToStage(int? inputPort) => new(Field, From.Network, To.Network, inputPort)
    {
        TransportPort = From.Port is { } from && To.Port is { } to ? (from, to) : null,
    };
}
