using FastTun.Linux;
using FastTun.Linux.Netlink;

namespace FastTun.Cli.Forwarding;

/// <summary>How the interface of a device that is there already was, to make it so again when another port fails.</summary>
internal sealed class EarlierConfiguration
{
    private readonly NetworkNamespace? _namespace;
    private readonly int _index;
    private readonly LinkConfiguration _before;

    private EarlierConfiguration(NetworkNamespace? ns, int index, LinkConfiguration before) =>
        (_namespace, _index, _before) = (ns, index, before);

    /// <summary>Reads it.</summary>
    /// <param name="routes">A conversation with the interface's namespace.</param>
    /// <param name="ns">That namespace, which stays open as long as this is used.</param>
    /// <param name="link">The interface.</param>
    public static EarlierConfiguration Read(RouteSocket routes, NetworkNamespace? ns, LinkInfo link) =>
        new(ns, link.Index, new LinkConfiguration
        {
            Link = new LinkChanges
            {
                Up = link.IsUp,
                Mtu = link.Mtu,
                TransmitQueueLength = link.TransmitQueueLength,
                HardwareAddress = link.Tun is { IsTap: true } ? link.HardwareAddress : null,
            },

            // Link-local addresses come and go with the link.
            Addresses = [.. routes.GetAddresses(link.Index).Where(address => !address.Address.IsIPv6LinkLocal)],
            Routes = link.IsUp ? routes.GetRoutes(link.Index) : [],
        });

    /// <summary>Makes it so again as far as the kernel lets; the failure that led here is the one to report.</summary>
    public void Restore()
    {
        try
        {
            using var routes = RouteSocket.Open(_namespace);
            if (routes.TryGetLink(_index, out _))
                LinkConfigurator.Apply(routes, _index, _before);
        }
        catch (LinuxException)
        {
            // Best effort, as said.
        }
    }
}
