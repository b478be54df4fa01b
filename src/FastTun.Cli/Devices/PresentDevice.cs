using FastTun.Cli.CommandLine;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;

namespace FastTun.Cli.Devices;

/// <summary>What can be seen of an interface that is there already, before anything of it is touched.</summary>
internal static class PresentDevice
{
    /// <exception cref="CommandException">It is no TUN or TAP device.</exception>
    public static void Check(DevicePlace place, LinkInfo link)
    {
        if (link.Tun is null)
            throw CommandException.Usage($"{place} is no TUN or TAP device");
    }

    /// <summary>Checks that what was decided when the device was made is to stay.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="present">What it is.</param>
    /// <param name="mode">What it is to carry; null for what it does.</param>
    /// <param name="severalQueues">Whether it is to have several queues; null where either will do.</param>
    /// <exception cref="CommandException">It is not.</exception>
    public static void CheckKept(DevicePlace place, TunLinkInfo present, TunMode? mode, bool? severalQueues)
    {
        const string wayOut = "was decided when it was made; delete it and add it anew";
        if (mode is not null && mode == TunMode.Tap != present.IsTap)
            throw CommandException.Usage($"mode: what {place} carries {wayOut}");
        if (severalQueues is not null && severalQueues != present.IsMultiQueue)
            throw CommandException.Usage($"queues: whether {place} can have several (queues=2 and more) {wayOut}");
    }
}
