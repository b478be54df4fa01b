namespace FastTun.Linux.Probing;

/// <summary>
/// What this kernel and this user can do, each thing really done once and undone. Devices are made in a private namespace
/// that is gone afterwards; a user who may make none gets the answers of the present one, where each device exists for a
/// moment, down and without an address.
/// </summary>
public static class KernelProbe
{
    /// <summary>Tries everything, in about a second.</summary>
    /// <returns>One entry a thing, in an order for reading.</returns>
    public static IReadOnlyList<Capability> Run()
    {
        Capability networks = Capability.Try("network namespaces", NamespaceProbe.MakeNetwork);
        using NetworkNamespace? host = networks.IsAvailable ? NetworkNamespace.Create() : null;
        IReadOnlyList<Capability> devices = host is null ? TunProbe.Run() : host.Run(TunProbe.Run);
        return
        [
            .. devices,
            IoUringProbe.Run(),
            BpfProbe.Run(),
            networks,
            NamespaceProbe.MakeUser(),
            ProcessorProbe.Pin(),
            ProcessorProbe.HugePage(),
        ];
    }
}
