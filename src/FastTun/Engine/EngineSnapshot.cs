using FastTun.Linux.Tun;

namespace FastTun.Engine;

/// <summary>What an engine has done so far, or did until it stopped.</summary>
/// <param name="Total">All workers together.</param>
/// <param name="CpuTime">The processor time of all workers together.</param>
/// <param name="Ports">One entry a port, in the engine's order.</param>
/// <param name="Workers">One entry a worker.</param>
/// <param name="PortEvents">How often a port went up or down, was changed, moved or removed.</param>
public sealed record EngineSnapshot(
    TrafficCounters Total,
    TimeSpan CpuTime,
    IReadOnlyList<PortSnapshot> Ports,
    IReadOnlyList<WorkerSnapshot> Workers,
    long PortEvents);

/// <summary>What passed one port.</summary>
/// <param name="Name">The device's name, as it is now.</param>
/// <param name="Traffic">Received here, transmitted here, and dropped of what was received here.</param>
public sealed record PortSnapshot(string Name, TrafficCounters Traffic)
{
    /// <summary>
    /// Super-packets that the kernel refused to take whole, by kind, since the port was made; zeros are left out. They were
    /// sent in parts, and are no drops.
    /// </summary>
    public IReadOnlyDictionary<TunOffloads, long> RefusedOffloads { get; init; } = new Dictionary<TunOffloads, long>();
}

/// <summary>What one worker did.</summary>
/// <param name="Index">Its number, which is also the number of its queue at every port.</param>
/// <param name="Traffic">All its ports together; always conserved.</param>
/// <param name="CpuTime">Its thread's processor time since it was ready.</param>
public sealed record WorkerSnapshot(int Index, TrafficCounters Traffic, TimeSpan CpuTime);
