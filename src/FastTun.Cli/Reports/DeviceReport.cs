using System.Net.NetworkInformation;
using FastTun.Linux.Netlink;

namespace FastTun.Cli.Reports;

/// <summary>All that the kernel says of a TUN or TAP device.</summary>
internal sealed record DeviceReport
{
    public required string Name { get; init; }

    public int Index { get; init; }

    public required string Mode { get; init; }

    public bool Up { get; init; }

    public bool Carrier { get; init; }

    public required string State { get; init; }

    public int MtuBytes { get; init; }

    public int TxqueuelenPackets { get; init; }

    /// <summary>Null of a TUN, which has none.</summary>
    public string? Mac { get; init; }

    public required IReadOnlyList<string> Addresses { get; init; }

    public required IReadOnlyList<string> Routes { get; init; }

    public uint? OwnerUid { get; init; }

    public uint? GroupGid { get; init; }

    public bool Persistent { get; init; }

    public bool MultiQueue { get; init; }

    /// <summary>How many are open and take part; null of a device that can have only one.</summary>
    public uint? QueuesAttached { get; init; }

    public uint? QueuesDetached { get; init; }

    public bool PacketInformation { get; init; }

    public bool VnetHeader { get; init; }

    /// <summary>The host's point of view: received is what a program wrote.</summary>
    public LinkStatistics? HostStatistics { get; init; }

    /// <param name="routes">A conversation with the namespace of the device.</param>
    /// <param name="link">A TUN or TAP.</param>
    public static DeviceReport Read(RouteSocket routes, LinkInfo link)
    {
        TunLinkInfo tun = link.Tun!;
        return new DeviceReport
        {
            Name = link.Name,
            Index = link.Index,
            Mode = tun.IsTap ? "tap" : "tun",
            Up = link.IsUp,
            Carrier = link.HasCarrier,
            State = link.OperationalState.ToString().ToLowerInvariant(),
            MtuBytes = link.Mtu,
            TxqueuelenPackets = link.TransmitQueueLength,
            Mac = tun.IsTap ? Text(link.HardwareAddress) : null,
            Addresses = [.. routes.GetAddresses(link.Index).Select(address => address.ToString())],
            Routes = [.. routes.GetRoutes(link.Index, table: null).Select(route => route.ToString())],
            OwnerUid = tun.Owner,
            GroupGid = tun.Group,
            Persistent = tun.IsPersistent,
            MultiQueue = tun.IsMultiQueue,
            QueuesAttached = tun.Queues,
            QueuesDetached = tun.DisabledQueues,
            PacketInformation = tun.HasPacketInformation,
            VnetHeader = tun.HasVirtioNetHeader,
            HostStatistics = link.Statistics,
        };
    }

    private static string Text(PhysicalAddress address) =>
        string.Join(':', address.GetAddressBytes().Select(octet => $"{octet:x2}"));
}
