namespace FastTun.Linux.Netlink;

/// <summary>How an interface shall be; what is null is left alone, and an empty list means none.</summary>
public sealed record LinkConfiguration
{
    /// <summary>State, MTU, name and the like; not a namespace to move to.</summary>
    public LinkChanges Link { get; init; } = new();

    /// <summary>
    /// Exactly these addresses, the first of each family being the one that the host sends from. Link-local IPv6
    /// addresses that are not among them stay, because the kernel makes them.
    /// </summary>
    public IReadOnlyList<InterfaceAddress>? Addresses { get; init; }

    /// <summary>
    /// Exactly these unicast routes, in all tables, besides those that the kernel makes for addresses.
    /// </summary>
    public IReadOnlyList<InterfaceRoute>? Routes { get; init; }
}
