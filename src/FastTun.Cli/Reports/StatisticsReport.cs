using System.Text.Json;
using System.Text.Json.Serialization;
using FastTun.Batching;
using FastTun.Engine;

namespace FastTun.Cli.Reports;

/// <summary>An engine's counters as the command writes them.</summary>
internal sealed record StatisticsReport(
    TotalReport Total, IReadOnlyList<PortReport> Ports, IReadOnlyList<WorkerReport> Workers)
{
    public static StatisticsReport From(EngineSnapshot snapshot) => new(
        new TotalReport(snapshot.Total, snapshot.CpuTime),
        [.. snapshot.Ports.Select(port => new PortReport(port.Name, port.Traffic, Refused(port)))],
        [.. snapshot.Workers.Select(worker => new WorkerReport(worker.Index, worker.Traffic, worker.CpuTime))]);

    private static Dictionary<string, long> Refused(PortSnapshot port) => port.RefusedOffloads.ToDictionary(
        refused => JsonNamingPolicy.SnakeCaseLower.ConvertName(refused.Key.ToString()), refused => refused.Value);
}

/// <summary>What total, ports and workers have in common.</summary>
internal abstract record TrafficReport([property: JsonIgnore] TrafficCounters Traffic)
{
    public long PacketsReceived => Traffic.PacketsReceived;

    public long PacketsTransmitted => Traffic.PacketsTransmitted;

    public long BytesReceived => Traffic.BytesReceived;

    public long BytesTransmitted => Traffic.BytesTransmitted;

    public IReadOnlyDictionary<string, long> Drops =>
        Traffic.Drops.ToDictionary(drop => Key(drop.Key), drop => drop.Value);

    public long Batches => Traffic.Batches;

    public long Syscalls => Traffic.SystemCalls;

    public static string Key(DropReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}

internal sealed record TotalReport(TrafficCounters Traffic, [property: JsonIgnore] TimeSpan CpuTime)
    : TrafficReport(Traffic)
{
    [JsonPropertyOrder(1)]
    public double CpuSeconds => CpuTime.TotalSeconds;
}

internal sealed record PortReport(
    [property: JsonPropertyOrder(-1)] string Name,
    TrafficCounters Traffic,
    [property: JsonPropertyOrder(1)] IReadOnlyDictionary<string, long> RefusedOffloads) : TrafficReport(Traffic);

internal sealed record WorkerReport(
    [property: JsonPropertyOrder(-1)] int Index,
    TrafficCounters Traffic,
    [property: JsonIgnore] TimeSpan CpuTime) : TrafficReport(Traffic)
{
    [JsonPropertyOrder(1)]
    public double CpuSeconds => CpuTime.TotalSeconds;
}
