using FastTun.Traffic;
using Spectre.Console;

namespace FastTun.Cli.Bench;

/// <summary>How far a trial is, live on stderr, where that is a terminal.</summary>
internal static class BenchProgress
{
    public static async Task<ForwardingResult> ShowAsync(
        TrialOptions trial, Func<IProgress<TrialProgress>?, Task<ForwardingResult>> measure)
    {
        if (Console.IsErrorRedirected)
            return await measure(null);
        string protocol = trial.Protocol.ToString().ToUpperInvariant();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        ForwardingResult? result = null;
        await console.Progress().AutoClear(true).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask(protocol, maxValue: trial.Duration.TotalSeconds);
            var reporter = new Reporter(progress =>
            {
                task.Value = progress.Elapsed.TotalSeconds;
                task.Description = $"{protocol} {Rate(progress)}";
            });
            result = await measure(reporter);
        });
        return result!;
    }

    private static string Rate(TrialProgress progress)
    {
        double seconds = Math.Max(progress.Elapsed.TotalSeconds, 0.001);
        string bits = $"{progress.BytesReceived * 8 / seconds / 1e9:F2} Gb/s";
        return progress.PacketsReceived == 0 ? bits : $"{progress.PacketsReceived / seconds:N0} packets/s, {bits}";
    }

    // Reports where it is called, and so in order; Progress<T> would go by way of the pool.
    private sealed class Reporter(Action<TrialProgress> report) : IProgress<TrialProgress>
    {
        public void Report(TrialProgress value) => report(value);
    }
}
