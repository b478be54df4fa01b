namespace FastTun.Linux.Native;

/// <summary>What linux/if_link.h defines, as far as it is used here.</summary>
internal static class IfLink
{
    public const ushort IFLA_ADDRESS = 1;
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_MTU = 4;
    public const ushort IFLA_TXQLEN = 13;
    public const ushort IFLA_OPERSTATE = 16;
    public const ushort IFLA_LINKINFO = 18;
    public const ushort IFLA_STATS64 = 23;
    public const ushort IFLA_NET_NS_FD = 28;
    public const ushort IFLA_CARRIER = 33;
    public const ushort IFLA_NEW_NETNSID = 45;
    public const ushort IFLA_MIN_MTU = 50;
    public const ushort IFLA_MAX_MTU = 51;

    public const ushort IFLA_INFO_KIND = 1;
    public const ushort IFLA_INFO_DATA = 2;

    public const ushort IFLA_TUN_OWNER = 1;
    public const ushort IFLA_TUN_GROUP = 2;
    public const ushort IFLA_TUN_TYPE = 3;
    public const ushort IFLA_TUN_PI = 4;
    public const ushort IFLA_TUN_VNET_HDR = 5;
    public const ushort IFLA_TUN_PERSIST = 6;
    public const ushort IFLA_TUN_MULTI_QUEUE = 7;
    public const ushort IFLA_TUN_NUM_QUEUES = 8;
    public const ushort IFLA_TUN_NUM_DISABLED_QUEUES = 9;
}

/// <summary>The counters of a link. An older kernel sends fewer at the end.</summary>
internal struct rtnl_link_stats64
{
    public ulong rx_packets;
    public ulong tx_packets;
    public ulong rx_bytes;
    public ulong tx_bytes;
    public ulong rx_errors;
    public ulong tx_errors;
    public ulong rx_dropped;
    public ulong tx_dropped;
    public ulong multicast;
    public ulong collisions;
    public ulong rx_length_errors;
    public ulong rx_over_errors;
    public ulong rx_crc_errors;
    public ulong rx_frame_errors;
    public ulong rx_fifo_errors;
    public ulong rx_missed_errors;
    public ulong tx_aborted_errors;
    public ulong tx_carrier_errors;
    public ulong tx_fifo_errors;
    public ulong tx_heartbeat_errors;
    public ulong tx_window_errors;
    public ulong rx_compressed;
    public ulong tx_compressed;
    public ulong rx_nohandler;
    public ulong rx_otherhost_dropped;
}
