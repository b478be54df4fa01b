using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FastTun.Cli.CommandLine;

namespace FastTun.Cli.Reports;

/// <summary>Where a result goes: stdout, or a file whose place is looked at before anything runs.</summary>
internal sealed class OutputFile
{
    private readonly string _path;

    private OutputFile(string path) => _path = path;

    public bool IsStandardOutput => _path == "-";

    public static Option<OutputFile> JsonOption(string description) =>
        Parsed.Option("--json", "FILE", $"{description} as JSON; - for stdout, without the tables", Parse);

    /// <exception cref="FormatException">No file can be made there.</exception>
    public static OutputFile Parse(string text)
    {
        return text == "-" || (text.Length > 0 && !Directory.Exists(text) && Directory.Exists(DirectoryOf(text)))
            ? new OutputFile(text)
            : throw new FormatException($"'{text}': it is a file in a directory that exists, or - for stdout");
    }

    public Stream Create() => IsStandardOutput ? Console.OpenStandardOutput() : File.Create(_path);

    /// <summary>Writes one JSON document and a line's end.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write<T>(T value, JsonTypeInfo<T> type)
    {
        Console.Out.Flush();
        using Stream stream = Create();
        JsonSerializer.Serialize(stream, value, type);
        stream.WriteByte((byte)'\n');
    }

    public override string ToString() => IsStandardOutput ? "stdout" : _path;

    private static string? DirectoryOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path));
}
