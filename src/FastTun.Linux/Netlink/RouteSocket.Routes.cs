using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <content>Routes.</content>
public sealed partial class RouteSocket
{
    /// <summary>
    /// Lists an interface's unicast routes, IPv4 first, with those that the kernel made for its addresses. What is more
    /// than an <see cref="InterfaceRoute"/> can say (several gateways, by source) is left out.
    /// </summary>
    /// <param name="index">Its number.</param>
    /// <param name="table">The routing table; null for all.</param>
    /// <exception cref="LinuxException">There is no such interface.</exception>
    public IReadOnlyList<InterfaceRoute> GetRoutes(int index, uint? table = InterfaceRoute.MainTable) =>
    [
        .. ListRoutes(index).Select(listed => listed.Route).OfType<InterfaceRoute>()
            .Where(route => table is null || route.Table == table),
    ];

    /// <summary>Adds a route to an interface that is up.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="route">A route to a destination that has none of that metric, on any interface.</param>
    /// <exception cref="LinuxException">EEXIST: there is one. ENETDOWN: the interface is down. Or the gateway cannot be
    /// reached.</exception>
    public void AddRoute(int index, InterfaceRoute route) =>
        SendRoute(NetlinkAbi.NLM_F_CREATE | NetlinkAbi.NLM_F_EXCL, index, route);

    /// <summary>
    /// Adds a route, or puts it in the place of the one to the same destination with the same metric, in one step. That
    /// one may be another interface's.
    /// </summary>
    /// <param name="index">The interface's number.</param>
    /// <param name="route">Any route.</param>
    /// <exception cref="LinuxException">ENETDOWN: the interface is down. Or the gateway cannot be reached.</exception>
    public void ReplaceRoute(int index, InterfaceRoute route) =>
        SendRoute(NetlinkAbi.NLM_F_CREATE | NetlinkAbi.NLM_F_REPLACE, index, route);

    /// <summary>Deletes a route, whoever made it.</summary>
    /// <param name="index">The interface's number.</param>
    /// <param name="route">A route that is there, with the same gateway, metric and table.</param>
    /// <exception cref="LinuxException">ESRCH: there is none.</exception>
    public void DeleteRoute(int index, InterfaceRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        NetlinkWriter request = Request(Rtnetlink.RTM_DELROUTE, NetlinkAbi.NLM_F_ACK);
        RouteMessage.WriteAny(ref request, index, route);
        Change(request, index, route.ToString());
    }

    internal List<ListedRoute> ListRoutes(int index)
    {
        List<ListedRoute> all = [];
        foreach (byte family in (ReadOnlySpan<byte>)[SysSocket.AF_INET, SysSocket.AF_INET6])
        {
            NetlinkWriter request = Request(Rtnetlink.RTM_GETROUTE, NetlinkAbi.NLM_F_DUMP);
            request.Fixed(new rtmsg { rtm_family = family });
            request.UInt32(Rtnetlink.RTA_OIF, (uint)index);
            all.AddRange(Dump(request, Rtnetlink.RTM_NEWROUTE, Label(index), payload => RouteMessage.Read(index, payload)));
        }

        return all;
    }

    /// <summary>Makes a route again as it was listed.</summary>
    internal void RestoreRoute(int index, ListedRoute route) =>
        SendListed(Rtnetlink.RTM_NEWROUTE, NetlinkAbi.NLM_F_CREATE | NetlinkAbi.NLM_F_REPLACE, index, route);

    /// <summary>Deletes a route as it was listed.</summary>
    internal void RemoveRoute(int index, ListedRoute route) =>
        SendListed(Rtnetlink.RTM_DELROUTE, 0, index, route);

    private void SendListed(ushort type, int flags, int index, ListedRoute route)
    {
        NetlinkWriter request = Request(type, (ushort)(NetlinkAbi.NLM_F_ACK | flags));
        request.Raw(route.Payload);
        Change(request, index, route.Route?.ToString());
    }

    private void SendRoute(int flags, int index, InterfaceRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        NetlinkWriter request = Request(Rtnetlink.RTM_NEWROUTE, (ushort)(NetlinkAbi.NLM_F_ACK | flags));
        RouteMessage.Write(ref request, index, route);
        Change(request, index, route.ToString());
    }
}
