using FastTun.Cli.Reports;
using FastTun.Engine;
using FastTun.Traffic;
using Spectre.Console;

namespace FastTun.Cli.Bench;

/// <summary>A benchmark's results for people: a column a trial.</summary>
internal static class BenchTable
{
    public static void Write(IReadOnlyList<ForwardingResult> results)
    {
        Table table = Screen.Figures(["", .. results.Select(result => result.Traffic is UdpTrialResult ? "UDP" : "TCP")]);
        void Row(string name, Func<ForwardingResult, string> figure) => table.Row([name, .. results.Select(figure)]);
        void UdpRow(string name, Func<UdpTrialResult, string> figure)
        {
            if (results.Any(result => result.Traffic is UdpTrialResult))
                Row(name, result => result.Traffic is UdpTrialResult udp ? figure(udp) : "");
        }

        UdpRow("packets/s", udp => $"{udp.PacketsPerSecond:N0}");
        Row("Gb/s", result => $"{result.Traffic.BitsPerSecond / 1e9:F3}");
        UdpRow("sent packets/s", udp => $"{udp.SentPacketsPerSecond:N0}");
        UdpRow("lost", udp => $"{udp.Lost:N0} ({udp.LossRatio:P2})");
        Row("  before the engine, its queue full", result => $"{result.Overrun:N0}");
        UdpRow("  at the receiver's socket", udp => $"{udp.DroppedAtReceiver:N0}");
        UdpRow("reordered", udp => $"{udp.Reordered:N0}");
        UdpRow("duplicates", udp => $"{udp.Duplicates:N0}");
        UdpRow("one-way latency p50", udp => Microseconds(udp.Latency.P50));
        UdpRow("  p90", udp => Microseconds(udp.Latency.P90));
        UdpRow("  p99", udp => Microseconds(udp.Latency.P99));
        UdpRow("  p99.9", udp => Microseconds(udp.Latency.P999));
        UdpRow("  max", udp => Microseconds(udp.Latency.Max));
        if (results.Any(result => result.Traffic is TcpTrialResult))
        {
            Row("streams that did not finish", result => result.Traffic is TcpTrialResult tcp
                ? $"{tcp.UnfinishedStreams:N0} of {tcp.Streams:N0}"
                : "");
        }

        Row("engine CPU per packet", result => $"{result.CpuNanosecondsPerPacket:N0} ns");
        Row("engine CPUs busy", result => $"{result.Engine.CpuTime / result.Traffic.Duration:F2}");
        Row("engine received", result => $"{result.Engine.Total.PacketsReceived:N0}");
        Row("  transmitted", result => $"{result.Engine.Total.PacketsTransmitted:N0}");
        Row("  dropped", result => $"{result.Engine.Total.PacketsDropped:N0}");
        Row("everything accounted for", result => result.IsConserved ? "yes" : "NO");
        table.Show();
        foreach (EngineSnapshot engine in results.Select(result => result.Engine))
            StatisticsTable.WriteDrops(engine.Total);
    }

    private static string Microseconds(long nanoseconds) => $"{nanoseconds / 1000.0:N1} µs";
}
