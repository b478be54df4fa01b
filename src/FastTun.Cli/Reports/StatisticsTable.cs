using FastTun.Batching;
using FastTun.Engine;
using Spectre.Console;

namespace FastTun.Cli.Reports;

/// <summary>An engine's counters for people.</summary>
internal static class StatisticsTable
{
    public static void Write(EngineSnapshot snapshot)
    {
        Table table = Screen.Figures(
            "", "received", "transmitted", "dropped", "bytes in", "bytes out", "batches", "syscalls", "CPU s");
        foreach (PortSnapshot port in snapshot.Ports)
            Add(table, port.Name, port.Traffic, null);
        foreach (WorkerSnapshot worker in snapshot.Workers)
            Add(table, $"worker {worker.Index}", worker.Traffic, worker.CpuTime);
        Add(table, "total", snapshot.Total, snapshot.CpuTime);
        table.Show();
        WriteDrops(snapshot.Total);
    }

    /// <summary>Why packets were dropped; nothing where none were.</summary>
    public static void WriteDrops(TrafficCounters traffic)
    {
        if (traffic.Drops.Count == 0)
            return;
        Table table = Screen.Figures("dropped because", "packets");
        foreach ((DropReason reason, long count) in traffic.Drops)
            table.Row(TrafficReport.Key(reason).Replace('_', ' '), $"{count:N0}");
        table.Show();
    }

    private static void Add(Table table, string name, TrafficCounters traffic, TimeSpan? cpuTime) => table.Row(
        name,
        $"{traffic.PacketsReceived:N0}",
        $"{traffic.PacketsTransmitted:N0}",
        $"{traffic.PacketsDropped:N0}",
        $"{traffic.BytesReceived:N0}",
        $"{traffic.BytesTransmitted:N0}",
        $"{traffic.Batches:N0}",
        $"{traffic.SystemCalls:N0}",
        cpuTime is { } time ? $"{time.TotalSeconds:F2}" : "");
}
