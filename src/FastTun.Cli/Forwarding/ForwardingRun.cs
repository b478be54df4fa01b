using System.IO.Pipelines;
using FastTun.Capture;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Cli.Reports;
using FastTun.Engine;
using FastTun.Queues;
using FastTun.Stages;

namespace FastTun.Cli.Forwarding;

/// <summary>
/// An engine from its ports' opening to its statistics: says <c>ready</c>, tells what happens to the ports, and ends on a
/// signal, on a worker's failure, or when no port is left.
/// </summary>
internal sealed class ForwardingRun
{
    public required EngineOptions Engine { get; init; }

    /// <summary>Whether packets may be unfinished at a port that does not say so itself.</summary>
    public bool Offload { get; init; } = true;

    /// <summary>How the queues of a port are read and written that does not say so itself.</summary>
    public QueueIo Io { get; init; }

    public OutputFile? Record { get; init; }

    public OutputFile? Json { get; init; }

    /// <param name="specs">The ports, which are opened here.</param>
    /// <param name="stages">One worker's stages; called once a worker.</param>
    /// <exception cref="CommandException">A worker failed, or a packet went unaccounted for.</exception>
    public async Task<int> ExecuteAsync(IReadOnlyList<PortSpec> specs, Func<IReadOnlyList<IPacketStage>> stages)
    {
        using var signals = new StopSignals();
        using OpenPorts open = OpenPorts.Open([.. specs.Select(WithDefaults)]);
        await using PacketCapture? capture = Record is null ? null : new(PipeWriter.Create(Record.Create()));
        Port[] ports = [.. open.Ports.Select(port => capture is null ? port : port.RecordedBy(capture))];
        await using var engine = new ForwardingEngine(ports, stages, Engine);
        foreach (string note in open.Notes)
            Console.Error.WriteLine(note);
        int left = ports.Length;
        engine.PortChanged += (_, change) =>
        {
            Console.Error.WriteLine(PortEventLine.Describe(change));
            if (change.Kind == PortChangeKind.Removed && Interlocked.Decrement(ref left) == 0)
                signals.Stop();
        };

        Exception? failure = await RunAsync(engine, signals.Token);
        EngineSnapshot result = engine.Snapshot();
        Report(result, capture);
        if (failure is not null)
            throw new CommandException(ExitCode.Failed, $"a worker failed: {failure.Message}", failure);
        if (!result.Total.IsConserved)
            throw new CommandException(ExitCode.Failed, "packets are unaccounted for");
        return left > 0 ? (int)ExitCode.Done : throw new CommandException(ExitCode.Failed, "no port is left");
    }

    private PortSpec WithDefaults(PortSpec spec) => spec with
    {
        Settings = spec.Settings with { Offload = spec.Settings.Offload ?? Offload, Io = spec.Settings.Io ?? Io },
    };

    private static async Task<Exception?> RunAsync(ForwardingEngine engine, CancellationToken stop)
    {
        try
        {
            Task running = engine.RunAsync(stop);
            SteeringNote.Write(engine.SteeringRefusal);
            Console.Out.WriteLine("ready");
            await running;
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private void Report(EngineSnapshot result, PacketCapture? capture)
    {
        if (Json is not { IsStandardOutput: true })
            StatisticsTable.Write(result);
        if (capture is { Lost: > 0 })
            Console.Error.WriteLine($"{capture.Lost} packets went unrecorded: {Record} is too slow");
        Json?.Write(StatisticsReport.From(result), ReportJson.Default.StatisticsReport);
    }
}
