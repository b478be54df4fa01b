using System.CommandLine;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Reports;
using FastTun.Linux;

namespace FastTun.Cli.Forwarding;

/// <summary>The options that all commands share which run an engine until they are stopped.</summary>
internal sealed class RunOptions
{
    private readonly Option<IReadOnlyCollection<int>> _cpus = Parsed.Option(
        "--cpus",
        "LIST|auto",
        "Pin the workers to these processors, such as 0,2-5, one to each; auto: to all, one thread of each core first",
        UsableCpus);

    private readonly Option<bool> _noSteering = SteeringOption();

    private readonly Option<OutputFile> _record = Parsed.Option(
        "--record", "FILE", "Record packets as pcapng; those too many for the disk are counted instead", RecordingFile);

    private readonly Option<OutputFile> _json = OutputFile.JsonOption("Write the statistics at the end");

    public IEnumerable<Option> All => [_cpus, _noSteering, _record, _json];

    /// <summary>Of all commands that have workers.</summary>
    public static Option<bool> SteeringOption() => new("--no-steering")
    {
        Description = "Leave it to the driver which of several queues, and so which worker, a packet goes to",
    };

    public ForwardingRun ToRun(ParseResult parsed) => new()
    {
        Cpus = parsed.GetValue(_cpus),
        Steering = !parsed.GetValue(_noSteering),
        Record = parsed.GetValue(_record),
        Json = parsed.GetValue(_json),
    };

    // Standard output says `ready`.
    private static OutputFile RecordingFile(string text) =>
        text == "-" ? throw new FormatException("'-': it is a file") : OutputFile.Parse(text);

    private static IReadOnlyCollection<int> UsableCpus(string text)
    {
        CpuSet usable = CpuSet.Current;
        if (text == "auto")
            return CpuTopology.Read().Spread(usable);
        CpuSet wanted = CpuSet.Parse(text);
        return wanted.All(usable.Contains)
            ? wanted
            : throw new FormatException($"'{text}': this process may run on {usable}");
    }
}
