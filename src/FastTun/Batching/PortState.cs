using FastTun.Linux.Tun;

namespace FastTun.Batching;

/// <summary>What stages may ask of a port.</summary>
/// <param name="Name">The device's name.</param>
/// <param name="Mtu">The longest IP packet that may pass it, in bytes, without link-layer header.</param>
/// <param name="IsUp">Whether it takes packets.</param>
/// <param name="LinkLayer">What stands before the network header.</param>
public sealed record PortState(string Name, int Mtu, bool IsUp, LinkLayer LinkLayer)
{
    /// <summary>
    /// The unfinished packets that are given to its device as they are; others are finished on the way there.
    /// </summary>
    public TunOffloads Offloads { get; init; }
}
