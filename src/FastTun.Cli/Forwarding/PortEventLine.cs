using FastTun.Engine;
using FastTun.Offload;

namespace FastTun.Cli.Forwarding;

/// <summary>What happened to a port, for people who watch.</summary>
internal static class PortEventLine
{
    public static string Describe(PortChange change) => change.Kind switch
    {
        PortChangeKind.Up => $"{change.After.Name} is up",
        PortChangeKind.Down => $"{change.After.Name} is down",
        PortChangeKind.Mtu => $"{change.After.Name} has MTU {change.After.Mtu}, not {change.Before.Mtu}",
        PortChangeKind.Renamed => $"{change.Before.Name} is called {change.After.Name} now",
        PortChangeKind.Moved => $"{change.After.Name} was moved to another network namespace",
        PortChangeKind.OffloadRefused =>
            $"{change.After.Name}: the kernel refused {Port.ToleratedRefusals} "
            + $"{OffloadNames.Describe(change.Before.Offloads & ~change.After.Offloads)}; "
            + "they are cut in software from now on",
        PortChangeKind.Removed => $"{change.Before.Name} was removed",
        _ => $"{change.After.Name}: {change.Kind}",
    };
}
