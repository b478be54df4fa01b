namespace FastTun.Linux.Netlink;

/// <summary>An interface as it was before a change, with all that is needed to make it so again.</summary>
internal sealed record LinkSnapshot(LinkInfo Link, List<ListedAddress> Addresses, List<ListedRoute> Routes)
{
    public static LinkSnapshot Take(RouteSocket socket, int index) =>
        new(socket.GetLink(index), socket.ListAddresses(index), socket.ListRoutes(index));

    /// <summary>
    /// Makes the interface as it was, as far as the kernel lets it: each step stands alone, because the refusal that
    /// led here is the one to report, and the interface may be gone.
    /// </summary>
    public void Restore(RouteSocket socket)
    {
        int index = Link.Index;
        Try(() => socket.SetLink(index, LinkConfigurator.Missing(socket.GetLink(index), AsChanges())));
        Try(() => RestoreAddresses(socket));
        Try(() => RestoreRoutes(socket));
    }

    /// <summary>
    /// Puts back what a change of addresses took along: the kernel drops a route with its source address, and all IPv4
    /// routes with the last IPv4 address. One whose gateway or source is out of reach now stays away.
    /// </summary>
    public void KeepRoutes(RouteSocket socket)
    {
        List<ListedRoute> current = socket.ListRoutes(Link.Index);
        IEnumerable<ListedRoute> lost = Routes.Where(listed => !listed.IsKernels && !current.Any(listed.IsSame));
        foreach (ListedRoute listed in lost.OrderBy(listed => listed.HasGateway))
            Try(() => socket.RestoreRoute(Link.Index, listed));
    }

    private void RestoreAddresses(RouteSocket socket)
    {
        // A link-local address that the kernel made meanwhile is not the change's doing.
        var before = Addresses.Select(listed => listed.Address).ToHashSet();
        List<ListedAddress> current = socket.ListAddresses(Link.Index);
        current.RemoveAll(listed => listed.Address.Address.IsIPv6LinkLocal && !before.Contains(listed.Address));
        if (current.Select(listed => listed.Address).SequenceEqual(Addresses.Select(listed => listed.Address)))
            return;
        foreach (ListedAddress listed in current.AsEnumerable().Reverse())
            Try(() => socket.DeleteAddress(Link.Index, listed.Address));

        // The kernel lists a new IPv6 address before the older ones.
        ILookup<bool, ListedAddress> families = Addresses.ToLookup(listed => AddressText.IsIpv4(listed.Address.Address));
        foreach (ListedAddress listed in families[true].Concat(families[false].Reverse()))
            Try(() => socket.RestoreAddress(Link.Index, listed));
    }

    private void RestoreRoutes(RouteSocket socket)
    {
        List<ListedRoute> current = socket.ListRoutes(Link.Index);
        foreach (ListedRoute listed in current.Where(listed => !listed.IsKernels && !Routes.Any(listed.IsSame)))
            Try(() => socket.RemoveRoute(Link.Index, listed));

        // Those on the link first, because the gateways of the others must be reachable.
        IEnumerable<ListedRoute> missing = Routes.Where(listed => !current.Any(listed.IsSame));
        foreach (ListedRoute listed in missing.OrderBy(listed => listed.HasGateway))
            Try(() => socket.RestoreRoute(Link.Index, listed));
    }

    private LinkChanges AsChanges() => new()
    {
        Up = Link.IsUp,
        Mtu = Link.Mtu,
        TransmitQueueLength = Link.TransmitQueueLength,
        Name = Link.Name,
        HardwareAddress = Link.HardwareAddress,
    };

    private static void Try(Action step)
    {
        try
        {
            step();
        }
        catch (LinuxException)
        {
            // Best effort: see Restore.
        }
    }
}
