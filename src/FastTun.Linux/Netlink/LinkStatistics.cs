using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>
/// What the kernel counted on an interface since it was made. The host's point of view: of a TUN, received is what the
/// program wrote into it, and transmitted what the program read from it.
/// </summary>
public sealed record LinkStatistics
{
    internal LinkStatistics(in rtnl_link_stats64 stats)
    {
        ReceivedPackets = stats.rx_packets;
        ReceivedBytes = stats.rx_bytes;
        ReceiveErrors = stats.rx_errors;
        ReceiveDrops = stats.rx_dropped;
        ReceiveFrameErrors = stats.rx_frame_errors;
        TransmittedPackets = stats.tx_packets;
        TransmittedBytes = stats.tx_bytes;
        TransmitErrors = stats.tx_errors;
        TransmitDrops = stats.tx_dropped;
        Multicasts = stats.multicast;
    }

    /// <summary>Packets that the host received.</summary>
    public ulong ReceivedPackets { get; }

    /// <summary>Their bytes.</summary>
    public ulong ReceivedBytes { get; }

    /// <summary>Packets that were wrong.</summary>
    public ulong ReceiveErrors { get; }

    /// <summary>Packets that were right and that nothing took.</summary>
    public ulong ReceiveDrops { get; }

    /// <summary>Frames that could not be parsed; of a TUN, bad offload headers too.</summary>
    public ulong ReceiveFrameErrors { get; }

    /// <summary>Packets that the host sent.</summary>
    public ulong TransmittedPackets { get; }

    /// <summary>Their bytes.</summary>
    public ulong TransmittedBytes { get; }

    /// <summary>Packets that could not be sent.</summary>
    public ulong TransmitErrors { get; }

    /// <summary>Packets that found the queue full, or nobody reading.</summary>
    public ulong TransmitDrops { get; }

    /// <summary>Multicast packets among those received.</summary>
    public ulong Multicasts { get; }
}
