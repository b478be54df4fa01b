namespace FastTun.Linux.Netlink;

/// <summary>
/// Makes an interface as it is wanted: all of it, or on a refusal none of it. What is so already is not touched, so
/// that doing it twice changes nothing and traffic goes on; what is wanted is made before what is not wanted is
/// removed.
/// </summary>
public static class LinkConfigurator
{
    /// <summary>Makes it so.</summary>
    /// <param name="socket">A conversation with the interface's namespace.</param>
    /// <param name="index">The interface's number.</param>
    /// <param name="wanted">How it shall be.</param>
    /// <returns>Whether anything had to be changed.</returns>
    /// <exception cref="ArgumentException">What is wanted contradicts itself; nothing was touched.</exception>
    /// <exception cref="LinuxException">The kernel refused a part; the interface is again as it was.</exception>
    public static bool Apply(RouteSocket socket, int index, LinkConfiguration wanted)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(wanted);
        Check(wanted);
        LinkSnapshot before = LinkSnapshot.Take(socket, index);
        try
        {
            LinkChanges changes = Missing(before.Link, wanted.Link);
            bool changed = !changes.IsEmpty;
            socket.SetLink(index, changes);
            if (wanted.Addresses is not null)
                changed |= AddressConfigurator.Apply(socket, index, wanted.Addresses);
            if (wanted.Routes is not null)
                changed |= RouteConfigurator.Apply(socket, index, wanted.Routes);
            else if (wanted.Addresses is not null)
                before.KeepRoutes(socket);
            return changed;
        }
        catch
        {
            before.Restore(socket);
            throw;
        }
    }

    /// <summary>What of the changes is not so yet.</summary>
    internal static LinkChanges Missing(LinkInfo link, LinkChanges changes) => changes with
    {
        Up = changes.Up == link.IsUp ? null : changes.Up,
        Mtu = changes.Mtu == link.Mtu ? null : changes.Mtu,
        TransmitQueueLength = changes.TransmitQueueLength == link.TransmitQueueLength ? null : changes.TransmitQueueLength,
        Name = changes.Name == link.Name ? null : changes.Name,
        HardwareAddress = link.HardwareAddress.Equals(changes.HardwareAddress) ? null : changes.HardwareAddress,
    };

    internal static void Check(LinkConfiguration wanted)
    {
        if (wanted.Link.Namespace is not null)
            throw new ArgumentException(
                "a move to another namespace is not for this: move first, configure there", nameof(wanted));
        if (wanted.Link.Up == false && wanted.Routes is { Count: > 0 } routes)
            throw new ArgumentException(
                $"route {routes[0]}: an interface that is to be down has no routes", nameof(wanted));
        var addresses = new HashSet<object>();
        foreach (InterfaceAddress address in wanted.Addresses ?? [])
        {
            if (!addresses.Add(AddressConfigurator.Key(address)))
                throw new ArgumentException($"address {address} is wanted twice", nameof(wanted));
        }

        var destinations = new HashSet<object>();
        foreach (InterfaceRoute route in wanted.Routes ?? [])
        {
            if (!destinations.Add(RouteConfigurator.Key(route)))
                throw new ArgumentException($"route {route}: wanted twice with one metric", nameof(wanted));
        }
    }
}
