using FastTun.Batching;

namespace FastTun.Engine;

/// <summary>What passed one worker, one port or the whole engine since it started.</summary>
public sealed record TrafficCounters
{
    /// <summary>Packets taken in; a super-packet counts as the packets it stands for, here and everywhere.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Packets handed to the kernel, or to whatever stands behind the output queue.</summary>
    public long PacketsTransmitted { get; init; }

    /// <summary>Bytes taken in, link-layer headers included.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes handed on, link-layer headers included.</summary>
    public long BytesTransmitted { get; init; }

    /// <summary>Packets that went no further, by reason; at a port, those that were received there. Zeros are left out.</summary>
    public IReadOnlyDictionary<DropReason, long> Drops { get; init; } = new Dictionary<DropReason, long>();

    /// <summary>Batches with at least one packet.</summary>
    public long Batches { get; init; }

    /// <summary>System calls made to receive, transmit and wait.</summary>
    public long SystemCalls { get; init; }

    /// <summary>All drops together.</summary>
    public long PacketsDropped => Drops.Values.Sum();

    /// <summary>
    /// Whether every packet is accounted for: received = transmitted + dropped. It holds for a worker and for the whole engine
    /// at any moment; a single port may transmit what others received.
    /// </summary>
    public bool IsConserved => PacketsReceived == PacketsTransmitted + PacketsDropped;

    /// <summary>One line: packets received, transmitted and dropped, and why.</summary>
    public override string ToString()
    {
        string reasons = string.Join(", ", Drops.Select(drop => $"{drop.Key} {drop.Value}"));
        string why = reasons.Length == 0 ? "" : $" ({reasons})";
        return $"{PacketsReceived} received, {PacketsTransmitted} transmitted, {PacketsDropped} dropped{why}";
    }

    /// <summary>The sum of two.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static TrafficCounters operator +(TrafficCounters left, TrafficCounters right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var drops = new SortedDictionary<DropReason, long>(left.Drops.ToDictionary());
        foreach ((DropReason reason, long count) in right.Drops)
            drops[reason] = drops.GetValueOrDefault(reason) + count;

        return new TrafficCounters
        {
            PacketsReceived = left.PacketsReceived + right.PacketsReceived,
            PacketsTransmitted = left.PacketsTransmitted + right.PacketsTransmitted,
            BytesReceived = left.BytesReceived + right.BytesReceived,
            BytesTransmitted = left.BytesTransmitted + right.BytesTransmitted,
            Drops = drops,
            Batches = left.Batches + right.Batches,
            SystemCalls = left.SystemCalls + right.SystemCalls,
        };
    }

    /// <summary>The sum of two.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static TrafficCounters Add(TrafficCounters left, TrafficCounters right) => left + right;

    /// <summary>One port's share of a worker's counters.</summary>
    internal static TrafficCounters From(ReadOnlySpan<long> port, long systemCalls)
    {
        var drops = new SortedDictionary<DropReason, long>();
        for (int reason = 0; reason < WorkerCounters.DropReasons; reason++)
        {
            if (port[WorkerCounters.Drops + reason] is var count and not 0)
                drops[(DropReason)reason] = count;
        }

        return new TrafficCounters
        {
            PacketsReceived = port[WorkerCounters.PacketsReceived],
            PacketsTransmitted = port[WorkerCounters.PacketsTransmitted],
            BytesReceived = port[WorkerCounters.BytesReceived],
            BytesTransmitted = port[WorkerCounters.BytesTransmitted],
            Drops = drops,
            Batches = port[WorkerCounters.Batches],
            SystemCalls = systemCalls,
        };
    }
}
