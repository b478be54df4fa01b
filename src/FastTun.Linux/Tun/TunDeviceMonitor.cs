using System.Diagnostics.CodeAnalysis;
using FastTun.Linux.Netlink;

namespace FastTun.Linux.Tun;

/// <summary>
/// Tells what happens to one device: up, down, carrier, MTU, name, removal. A move to another namespace is its last
/// event here, as a removal is; there <see cref="TunDevice.OpenMonitor"/> opens another.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class TunDeviceMonitor : IDisposable
{
    private readonly LinkMonitor _links;
    private readonly int _index;

    internal TunDeviceMonitor(LinkMonitor links, int index)
    {
        _links = links;
        _index = index;
    }

    /// <summary>
    /// Readable when there may be something to tell: then call <see cref="TryRead"/> until it answers false.
    /// </summary>
    public FileDescriptor Descriptor => _links.Descriptor;

    /// <summary>Whether the last event was told: the device is not in this namespace any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The device's next event, without waiting.</summary>
    /// <param name="change">What happened.</param>
    /// <returns>False when there is nothing to tell.</returns>
    /// <exception cref="LinuxException">The socket failed.</exception>
    public bool TryRead([NotNullWhen(true)] out LinkEvent? change)
    {
        // Once the device is gone its number may be another's.
        while (_links.TryRead(out change))
        {
            if (HasEnded || change.Link.Index != _index)
                continue;
            HasEnded = (change.Change & LinkChange.Removed) != 0;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _links.Dispose();
}
