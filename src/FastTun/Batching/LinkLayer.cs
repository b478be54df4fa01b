namespace FastTun.Batching;

/// <summary>What stands before the network header at a port.</summary>
public enum LinkLayer
{
    /// <summary>Nothing: packets begin with their IP header (TUN).</summary>
    None,

    /// <summary>An Ethernet header (TAP).</summary>
    Ethernet,
}
