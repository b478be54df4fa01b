namespace FastTun.Linux.Tun;

/// <summary>What a queue carries.</summary>
public enum TunMode
{
    /// <summary>IP packets: a point-to-point device without link-layer addresses (IFF_TUN).</summary>
    Tun,

    /// <summary>Ethernet frames, without their check sequence (IFF_TAP).</summary>
    Tap,
}
