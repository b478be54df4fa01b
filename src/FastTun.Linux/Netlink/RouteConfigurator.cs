namespace FastTun.Linux.Netlink;

/// <summary>
/// Makes an interface's unicast routes exactly those that are wanted, besides those that the kernel made.
/// </summary>
internal static class RouteConfigurator
{
    /// <summary>What no two routes of one interface can have in common here.</summary>
    public static (object Destination, uint Metric, uint Table) Key(InterfaceRoute route) =>
        (route.Destination, route.Metric, route.Table);

    public static bool Apply(RouteSocket socket, int index, IReadOnlyList<InterfaceRoute> wanted)
    {
        List<ListedRoute> listed = socket.ListRoutes(index);
        var all = listed.Select(item => item.Route).ToHashSet();
        IEnumerable<InterfaceRoute?> made = listed.Where(item => !item.IsKernels).Select(item => item.Route);
        InterfaceRoute[] own = [.. made.OfType<InterfaceRoute>()];
        var keys = own.Select(Key).ToHashSet();

        // A gateway can only be named once there is a route to it.
        List<InterfaceRoute> missing = [.. wanted.Where(route => !all.Contains(route))];
        foreach (InterfaceRoute route in missing.OrderBy(route => route.Gateway is not null))
        {
            if (keys.Contains(Key(route)))
                socket.ReplaceRoute(index, route);
            else
                socket.AddRoute(index, route);
        }

        var kept = wanted.Select(Key).ToHashSet();
        List<InterfaceRoute> strays = [.. own.Where(route => !kept.Contains(Key(route)))];
        foreach (InterfaceRoute route in strays.OrderBy(route => route.Gateway is null))
            socket.DeleteRoute(index, route);
        return missing.Count + strays.Count > 0;
    }
}
