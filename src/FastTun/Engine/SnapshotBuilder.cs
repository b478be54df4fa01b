using FastTun.Batching;
using FastTun.Linux.Tun;

namespace FastTun.Engine;

/// <summary>Adds the workers' counters up, by worker, by port and in all.</summary>
internal static class SnapshotBuilder
{
    public static EngineSnapshot Build(
        IReadOnlyList<Port> configured, LivePorts live, Worker[] workers, WorkerThread[] threads)
    {
        PortTable ports = live.Current;
        var byPort = new TrafficCounters[ports.Count];
        Array.Fill(byPort, new TrafficCounters());
        var workerSnapshots = new WorkerSnapshot[workers.Length];
        foreach (Worker worker in workers)
        {
            long[] counters = worker.Counters.Copy();
            var traffic = new TrafficCounters { SystemCalls = worker.Waits };
            for (int port = 0; port < ports.Count; port++)
            {
                ReadOnlySpan<long> block = counters.AsSpan(port * WorkerCounters.Stride, WorkerCounters.Stride);
                var part = TrafficCounters.From(block, worker.Queues[port].SystemCalls);
                byPort[port] += part;
                traffic += part;
            }

            workerSnapshots[worker.Index] = new WorkerSnapshot(worker.Index, traffic, threads[worker.Index].CpuTime);
        }

        return new EngineSnapshot(
            workerSnapshots.Aggregate(new TrafficCounters(), (sum, worker) => sum + worker.Traffic),
            workerSnapshots.Aggregate(TimeSpan.Zero, (sum, worker) => sum + worker.CpuTime),
            [.. byPort.Select((traffic, index) => new PortSnapshot(ports[index].Name, traffic)
            {
                RefusedOffloads = configured[index].Offloads?.Refused ?? new Dictionary<TunOffloads, long>(),
            })],
            workerSnapshots,
            live.Events);
    }
}
