using System.CommandLine;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Cli.Reports;
using FastTun.Engine;
using FastTun.Linux;
using FastTun.Queues;

namespace FastTun.Cli.Forwarding;

/// <summary>The options that all commands share which run an engine until they are stopped.</summary>
internal sealed class RunOptions
{
    private readonly Option<IReadOnlyCollection<int>> _cpus = Parsed.Option(
        "--cpus",
        "LIST|auto",
        "Pin the workers to these processors, such as 0,2-5, one to each; auto: to all, one thread of each core first",
        UsableCpus);

    private readonly Option<bool> _noOffload = OffloadOption();

    private readonly Option<bool> _noSteering = SteeringOption();

    private readonly Option<QueueIo> _io = IoOption();

    private readonly Option<TimeSpan> _spin = SpinOption();

    private readonly Option<OutputFile> _record = Parsed.Option(
        "--record", "FILE", "Record packets as pcapng; those too many for the disk are counted instead", RecordingFile);

    private readonly Option<OutputFile> _json = OutputFile.JsonOption("Write the statistics at the end");

    public IEnumerable<Option> All => [_cpus, _noOffload, _noSteering, _io, _spin, _record, _json];

    /// <summary>Of all commands that have workers.</summary>
    public static Option<bool> OffloadOption() => new("--no-offload")
    {
        Description = "Take and give finished packets only, each by itself",
    };

    /// <summary>Of all commands that have workers.</summary>
    public static Option<bool> SteeringOption() => new("--no-steering")
    {
        Description = "Leave it to the driver which of several queues, and so which worker, a packet goes to",
    };

    /// <summary>Of all commands that have workers.</summary>
    public static Option<QueueIo> IoOption() => Parsed.Option(
        "--io",
        "auto|epoll|io_uring",
        "Move packets by a system call each, or by one a batch; default auto: epoll, which is no slower",
        DeviceValue.Io);

    /// <summary>Of all commands that have workers.</summary>
    public static Option<TimeSpan> SpinOption() => Parsed.Option(
        "--spin", "TIME", "While busy look so long before sleeping, such as 50us, up to 1s; default not at all", Spin);

    public ForwardingRun ToRun(ParseResult parsed) => new()
    {
        Engine = new EngineOptions
        {
            Processors = parsed.GetValue(_cpus),
            Steering = !parsed.GetValue(_noSteering),
            Spin = parsed.GetValue(_spin),
        },
        Offload = !parsed.GetValue(_noOffload),
        Io = parsed.GetValue(_io),
        Record = parsed.GetValue(_record),
        Json = parsed.GetValue(_json),
    };

    private static TimeSpan Spin(string text) => DurationText.Parse(text) is var spin && spin <= TimeSpan.FromSeconds(1)
        ? spin
        : throw new FormatException($"'{text}': it is at most 1s");

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
