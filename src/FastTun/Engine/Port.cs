using FastTun.Batching;
using FastTun.Queues;

namespace FastTun.Engine;

/// <summary>
/// A way into and out of an engine, with one queue for each worker. Usually a device; queues of any other kind make a port as
/// well.
/// </summary>
public sealed class Port
{
    /// <summary>Makes a port of queues.</summary>
    /// <param name="name">What the port is called in counters and messages.</param>
    /// <param name="queues">Queue <c>i</c> becomes worker <c>i</c>'s.</param>
    /// <param name="mtu">The longest IP packet that may pass, in bytes: 68 (RFC 791) to 65535.</param>
    /// <param name="linkLayer">What stands before the network header.</param>
    public Port(string name, IReadOnlyList<IPacketQueue> queues, int mtu = 1500, LinkLayer linkLayer = LinkLayer.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(queues);
        ArgumentOutOfRangeException.ThrowIfZero(queues.Count, nameof(queues));
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, 68);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mtu, 65535);
        Queues = queues;
        State = new PortState(name, mtu, IsUp: true, linkLayer);
    }

    /// <summary>What stages see of the port when the engine starts.</summary>
    public PortState State { get; }

    /// <summary>One a worker.</summary>
    public IReadOnlyList<IPacketQueue> Queues { get; }
}
