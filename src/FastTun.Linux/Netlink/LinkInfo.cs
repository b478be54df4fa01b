using System.Net.NetworkInformation;

namespace FastTun.Linux.Netlink;

/// <summary>An interface as the kernel described it at one moment.</summary>
public sealed record LinkInfo
{
    /// <summary>Its number, unique in its namespace.</summary>
    public required int Index { get; init; }

    /// <summary>Its name, unique in its namespace.</summary>
    public required string Name { get; init; }

    /// <summary>What it is and does.</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>The largest packet it takes, in bytes; of a TAP without the Ethernet header.</summary>
    public int Mtu { get; init; }

    /// <summary>The smallest MTU it can be given, in bytes.</summary>
    public int MinMtu { get; init; }

    /// <summary>The largest MTU it can be given, in bytes; 0 where its driver sets no limit.</summary>
    public int MaxMtu { get; init; }

    /// <summary>
    /// How many packets wait in its transmit queue before it drops; of a TUN also the room of its ring.
    /// </summary>
    public int TransmitQueueLength { get; init; }

    /// <summary>Its link address; <see cref="PhysicalAddress.None"/> where it has none, as a TUN.</summary>
    public PhysicalAddress HardwareAddress { get; init; } = PhysicalAddress.None;

    /// <summary>Whether it carries packets.</summary>
    public OperationalState OperationalState { get; init; }

    /// <summary>Whether there is a carrier; a TUN has one while a descriptor is attached to it.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>Its driver's name for the kind, such as <c>tun</c>; null where it has none.</summary>
    public string? Kind { get; init; }

    /// <summary>What only a TUN or TAP has; null for others.</summary>
    public TunLinkInfo? Tun { get; init; }

    /// <summary>What it counted until then; null where the kernel sent none.</summary>
    public LinkStatistics? Statistics { get; init; }

    /// <summary>Whether its administrator brought it up.</summary>
    public bool IsUp => (Flags & LinkFlags.Up) != 0;
}
