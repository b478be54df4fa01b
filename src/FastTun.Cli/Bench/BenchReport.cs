using System.Runtime.InteropServices;
using FastTun.Cli.Reports;
using FastTun.Traffic;

namespace FastTun.Cli.Bench;

/// <summary>A benchmark's results, with what they are results of.</summary>
internal sealed record BenchReport(MachineReport Machine, SettingsReport Settings, IReadOnlyList<BenchTrialReport> Trials)
{
    public static BenchReport From(
        TrialOptions options, PrivateForwarderOptions forwarder, IReadOnlyList<ForwardingResult> results) => new(
        MachineReport.Here(),
        new SettingsReport(
            options.Duration.TotalSeconds, options.Sizes.ToString(), options.Flows, forwarder.Queues, options.Rate.ToString(),
            forwarder.Queues > 1 && forwarder.Engine.Steering && results.All(result => result.SteeringRefusal is null)),
        [.. results.Select(BenchTrialReport.From)]);
}

/// <summary>Where it was measured.</summary>
internal sealed record MachineReport(string Kernel, string Architecture, int Processors, string Runtime)
{
    public static MachineReport Here() => new(
        Environment.OSVersion.Version.ToString(),
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        Environment.ProcessorCount,
        RuntimeInformation.FrameworkDescription);
}

/// <summary>What was asked for.</summary>
internal sealed record SettingsReport(
    double DurationSeconds, string SizeBytes, int Flows, int Queues, string Rate, bool Steering);

/// <summary>One trial.</summary>
internal sealed record BenchTrialReport
{
    public required string Protocol { get; init; }

    public required double DurationSeconds { get; init; }

    public required double BitsPerSecond { get; init; }

    public required long BytesSent { get; init; }

    public required long BytesReceived { get; init; }

    /// <summary>Null of TCP.</summary>
    public UdpReport? Udp { get; init; }

    /// <summary>Null of UDP.</summary>
    public TcpReport? Tcp { get; init; }

    /// <summary>Packets that found the engine's receive queues full.</summary>
    public required long OverrunPackets { get; init; }

    public required double EngineCpuNanosecondsPerPacket { get; init; }

    public required bool Conserved { get; init; }

    public required StatisticsReport Engine { get; init; }

    public static BenchTrialReport From(ForwardingResult result) => new()
    {
        Protocol = result.Traffic is UdpTrialResult ? "udp" : "tcp",
        DurationSeconds = result.Traffic.Duration.TotalSeconds,
        BitsPerSecond = result.Traffic.BitsPerSecond,
        BytesSent = result.Traffic.BytesSent,
        BytesReceived = result.Traffic.BytesReceived,
        Udp = result.Traffic is UdpTrialResult udp ? UdpReport.From(udp) : null,
        Tcp = result.Traffic is TcpTrialResult tcp ? new TcpReport(tcp.Streams, tcp.UnfinishedStreams, tcp.CorruptBytes) : null,
        OverrunPackets = result.Overrun,
        EngineCpuNanosecondsPerPacket = result.CpuNanosecondsPerPacket,
        Conserved = result.IsConserved,
        Engine = StatisticsReport.From(result.Engine),
    };
}

/// <summary>What became of streams.</summary>
internal sealed record TcpReport(int Streams, int UnfinishedStreams, long CorruptBytes);

/// <summary>What became of packets.</summary>
internal sealed record UdpReport
{
    public required double PacketsPerSecond { get; init; }

    public required double SentPacketsPerSecond { get; init; }

    public required long PacketsSent { get; init; }

    public required long PacketsReceived { get; init; }

    public required long PacketsLost { get; init; }

    public required double LossRatio { get; init; }

    public required long PacketsDroppedAtReceiver { get; init; }

    public required long PacketsReordered { get; init; }

    public required long PacketsDuplicated { get; init; }

    public required long PacketsCorrupt { get; init; }

    public required LatencyReport LatencyNanoseconds { get; init; }

    public static UdpReport From(UdpTrialResult udp) => new()
    {
        PacketsPerSecond = udp.PacketsPerSecond,
        SentPacketsPerSecond = udp.SentPacketsPerSecond,
        PacketsSent = udp.Sent,
        PacketsReceived = udp.Received,
        PacketsLost = udp.Lost,
        LossRatio = udp.LossRatio,
        PacketsDroppedAtReceiver = udp.DroppedAtReceiver,
        PacketsReordered = udp.Reordered,
        PacketsDuplicated = udp.Duplicates,
        PacketsCorrupt = udp.Corrupt,
        LatencyNanoseconds = LatencyReport.From(udp.Latency),
    };
}

/// <summary>One-way delays in nanoseconds; p999 is the 99.9th percentile.</summary>
internal sealed record LatencyReport(long Min, double Mean, long P50, long P90, long P99, long P999, long Max)
{
    public static LatencyReport From(LatencySummary latency) => new(
        latency.Min, latency.Mean, latency.P50, latency.P90, latency.P99, latency.P999, latency.Max);
}
