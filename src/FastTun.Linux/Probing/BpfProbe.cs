using FastTun.Linux.Bpf;

namespace FastTun.Linux.Probing;

/// <summary>Whether an eBPF program can be loaded (bpf(2)): the one that chooses queues.</summary>
internal static class BpfProbe
{
    public static Capability Run() => Capability.Try("eBPF programs", () =>
    {
        FlowSteering.Load().Dispose();
        return "";
    });
}
