namespace FastTun.Linux.Netlink;

/// <summary>The likely cause and the way out of a refusal that the kernel does not explain itself.</summary>
internal static class RouteHints
{
    public static string? For(string operation, Errno error) => (operation, error) switch
    {
        (_, Errno.EPERM) => "changing links, addresses and routes needs CAP_NET_ADMIN; run as root, or inside 'unshare -Urn'",
        (_, Errno.ENODEV) => "there is no such interface in this namespace",
        ("RTM_SETLINK", Errno.EEXIST) => "an interface of that name exists already",
        ("RTM_SETLINK", Errno.EINVAL) => "the interface does not take that value",
        ("RTM_SETLINK", Errno.EOPNOTSUPP) => "an interface of this kind has no such property; a TUN has no link address",
        ("RTM_SETLINK", Errno.EADDRNOTAVAIL) => "that link address cannot be an interface's own; it is multicast or zero",
        ("RTM_DELLINK", Errno.EOPNOTSUPP) => "an interface of this kind cannot be deleted",
        ("RTM_NEWADDR", Errno.EEXIST) => "the interface has this address already; replace it",
        ("RTM_NEWADDR", Errno.EACCES) => "IPv6 is switched off on this interface (sysctl disable_ipv6)",
        ("RTM_DELADDR", Errno.EADDRNOTAVAIL) => "the interface has no such address",
        ("RTM_NEWROUTE", Errno.EEXIST) => "there is a route to that destination with that metric already; replace it, or give another metric",
        ("RTM_NEWROUTE", Errno.ENETUNREACH) => "the gateway is in no network of this interface; add an address or a route that reaches it",
        ("RTM_NEWROUTE", Errno.ENETDOWN) => "the interface is down; bring it up first",
        ("RTM_DELROUTE", Errno.ESRCH) => "there is no such route",
        _ => null,
    };
}
