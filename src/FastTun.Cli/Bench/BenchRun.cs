using FastTun.Cli.CommandLine;
using FastTun.Cli.Forwarding;
using FastTun.Cli.Reports;
using FastTun.Traffic;

namespace FastTun.Cli.Bench;

/// <summary>The trials of a benchmark, one after the other, each between hosts of its own.</summary>
internal static class BenchRun
{
    // Long enough for the runtime to compile what it has seen running, which it does in steps of a tenth of a second.
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    /// <exception cref="CommandException">Something is unaccounted for.</exception>
    public static async Task<int> ExecuteAsync(
        int queues, bool offload, bool steering, IReadOnlyList<TrialOptions> trials, OutputFile? json)
    {
        UserNamespaceRun.EnterIfNeeded();
        using var signals = new StopSignals();
        List<ForwardingResult> results = [];
        try
        {
            foreach (TrialOptions trial in trials)
            {
                await MeasureAsync(queues, offload, steering, trial with { Duration = WarmUp }, null, signals.Token);
                results.Add(await BenchProgress.ShowAsync(
                    trial, progress => MeasureAsync(queues, offload, steering, trial, progress, signals.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped between trials: what was measured until then is the result.
        }

        var report = BenchReport.From(trials[0], queues, steering, results);
        SteeringNote.Write(results.FirstOrDefault()?.SteeringRefusal);
        if (json is not { IsStandardOutput: true })
            BenchTable.Write(results);
        json?.Write(report, ReportJson.Default.BenchReport);
        return results.TrueForAll(result => result.IsConserved)
            ? (int)ExitCode.Done
            : throw new CommandException(ExitCode.Failed, string.Join("; ", results.SelectMany(Complaints)));
    }

    // What is wrong with a result that is not conserved.
    private static IEnumerable<string> Complaints(ForwardingResult result)
    {
        if (result.Engine.Total is { IsConserved: false } total)
            yield return $"the engine received {total.PacketsReceived} packets, but transmitted {total.PacketsTransmitted} "
                + $"and dropped {total.PacketsDropped}";
        if (result.Traffic is TcpTrialResult { CorruptBytes: > 0 } tcp)
            yield return $"TCP: {tcp.CorruptBytes} bytes arrived corrupt";
        if (result.Traffic is UdpTrialResult { Corrupt: > 0 } corrupted)
            yield return $"UDP: {corrupted.Corrupt} packets arrived corrupt";
        if (result.Traffic is UdpTrialResult { IsConserved: false } udp)
            yield return $"UDP: {udp.Sent} packets were sent, but {udp.Received} received and {udp.Lost} lost";
    }

    private static async Task<ForwardingResult> MeasureAsync(
        int queues,
        bool offload,
        bool steering,
        TrialOptions trial,
        IProgress<TrialProgress>? progress,
        CancellationToken cancellationToken)
    {
        await using PrivateForwarder forwarder =
            CommandException.Checked(() => PrivateForwarder.Start(queues, offload, steering));
        return await forwarder.MeasureAsync(trial, progress, cancellationToken);
    }
}
