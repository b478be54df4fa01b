using FastTun.Batching;

namespace FastTun.Engine;

/// <summary>What happened to a port's device while the engine ran.</summary>
public enum PortChangeKind
{
    /// <summary>It takes packets again.</summary>
    Up,

    /// <summary>It takes no packets; what is forwarded to it is dropped as <c>OutputDown</c>.</summary>
    Down,

    /// <summary>Its MTU is another.</summary>
    Mtu,

    /// <summary>Its name is another.</summary>
    Renamed,

    /// <summary>It lives in another network namespace now; its queues go on working.</summary>
    Moved,

    /// <summary>
    /// The kernel refused super-packets of a kind <see cref="Port.ToleratedRefusals"/> times; those are cut in software
    /// from now on. The kind is what <see cref="PortState.Offloads"/> lacks now.
    /// </summary>
    OffloadRefused,

    /// <summary>It is gone for good; the engine goes on with what is left.</summary>
    Removed,
}

/// <summary>One change of one port.</summary>
/// <param name="Port">The port's index.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Before">The port until now.</param>
/// <param name="After">The port from now on.</param>
public sealed record PortChange(int Port, PortChangeKind Kind, PortState Before, PortState After);
