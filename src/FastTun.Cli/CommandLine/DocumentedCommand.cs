using System.CommandLine;

namespace FastTun.Cli.CommandLine;

/// <summary>A command whose help goes on after its options.</summary>
internal sealed class DocumentedCommand(string name, string description) : Command(name, description)
{
    /// <summary>Whole command lines that do something useful.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>More about the arguments: a title and its lines.</summary>
    public (string Title, IReadOnlyList<string> Lines)? Notes { get; init; }
}
