namespace FastTun.Batching;

/// <summary>What stages may ask of a port.</summary>
/// <param name="Name">The device's name.</param>
/// <param name="Mtu">The longest IP packet that may pass it, in bytes, without link-layer header.</param>
/// <param name="IsUp">Whether it takes packets.</param>
/// <param name="LinkLayer">What stands before the network header.</param>
public sealed record PortState(string Name, int Mtu, bool IsUp, LinkLayer LinkLayer)
{
    /// <summary>The longest packet that may pass, in bytes, with its link-layer header.</summary>
    public int MaximumLength { get; } = Mtu + (LinkLayer == LinkLayer.Ethernet ? EthernetHeaderLength : 0);

    // IEEE 802.3: two addresses and a type. The kernel's MTU does not count them.
    internal const int EthernetHeaderLength = 14;
}
