using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>
/// What a request is called, and the likely cause and the way out of a refusal that the kernel does not explain.
/// </summary>
internal static class RouteHints
{
    public static string Operation(ushort type) => type switch
    {
        Rtnetlink.RTM_SETLINK => nameof(Rtnetlink.RTM_SETLINK),
        Rtnetlink.RTM_DELLINK => nameof(Rtnetlink.RTM_DELLINK),
        Rtnetlink.RTM_GETLINK => nameof(Rtnetlink.RTM_GETLINK),
        Rtnetlink.RTM_NEWADDR => nameof(Rtnetlink.RTM_NEWADDR),
        Rtnetlink.RTM_DELADDR => nameof(Rtnetlink.RTM_DELADDR),
        Rtnetlink.RTM_GETADDR => nameof(Rtnetlink.RTM_GETADDR),
        Rtnetlink.RTM_NEWROUTE => nameof(Rtnetlink.RTM_NEWROUTE),
        Rtnetlink.RTM_DELROUTE => nameof(Rtnetlink.RTM_DELROUTE),
        _ => nameof(Rtnetlink.RTM_GETROUTE),
    };

    public static string? For(ushort type, Errno error) => (type, error) switch
    {
        (_, Errno.EPERM) => "this needs CAP_NET_ADMIN in the namespace; run as root, or inside 'unshare -Urn'",
        (_, Errno.ENODEV) => "there is no such interface in this namespace",
        (Rtnetlink.RTM_SETLINK, Errno.EEXIST) => "an interface of that name exists already",
        (Rtnetlink.RTM_SETLINK, Errno.EINVAL) => "the interface does not take that value",
        (Rtnetlink.RTM_SETLINK, Errno.EOPNOTSUPP) => "this kind has no such property: a TUN has no link address",
        (Rtnetlink.RTM_SETLINK, Errno.EADDRNOTAVAIL) => "no interface can have that link address; it is multicast or zero",
        (Rtnetlink.RTM_DELLINK, Errno.EOPNOTSUPP) => "an interface of this kind cannot be deleted",
        (Rtnetlink.RTM_NEWADDR, Errno.EEXIST) => "the interface has this address already; replace it",
        (Rtnetlink.RTM_NEWADDR, Errno.EACCES) => "IPv6 is switched off on this interface (sysctl disable_ipv6)",
        (Rtnetlink.RTM_DELADDR, Errno.EADDRNOTAVAIL) => "the interface has no such address",
        (Rtnetlink.RTM_NEWROUTE, Errno.EEXIST) => "there is such a route already; replace it, or give another metric",
        (Rtnetlink.RTM_NEWROUTE, Errno.ENETUNREACH) => "no network of this interface holds the gateway; add an address",
        (Rtnetlink.RTM_NEWROUTE, Errno.ENETDOWN) => "the interface is down; bring it up first",
        (Rtnetlink.RTM_DELROUTE, Errno.ESRCH) => "there is no such route",
        _ => null,
    };
}
