using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Engine;
using FastTun.Linux;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;

namespace FastTun.Cli.Forwarding;

/// <summary>
/// The devices of a run: all of them, or none. What can be checked before the first is touched is. When the kernel refuses
/// a later one, those that were made go, and the interfaces of those that were there are made as they were; only an owner
/// or group that was named stays, and what packets looked like to whoever had the device open last (vnet_hdr in ip -d).
/// </summary>
internal sealed class OpenPorts : IDisposable
{
    private readonly IReadOnlyList<PortSpec> _specs;
    private readonly List<NetworkNamespace?> _namespaces = [];
    private readonly List<EarlierConfiguration?> _earlier = [];
    private readonly List<TunDevice> _devices = [];

    private OpenPorts(IReadOnlyList<PortSpec> specs) => _specs = specs;

    public IEnumerable<Port> Ports =>
        _devices.Zip(_specs, (device, spec) => Port.FromDevice(device, spec.Settings.Join));

    public IEnumerable<string> Notes => OffloadNotes.For(_devices);

    public static OpenPorts Open(IReadOnlyList<PortSpec> specs)
    {
        CheckQueues(specs);
        var ports = new OpenPorts(specs);
        try
        {
            foreach (PortSpec spec in specs)
                ports._namespaces.Add(spec.Place.OpenNamespace());
            ports.CheckDistinct(specs);
            TunDeviceOptions[] options = [.. specs.Select((spec, index) => ports.Plan(spec, ports._namespaces[index]))];
            foreach (TunDeviceOptions device in options)
                ports._devices.Add(TunDevice.Open(device));
            return ports;
        }
        catch
        {
            ports.Undo();
            ports.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _devices.ForEach(device => device.Dispose());
        _namespaces.ForEach(ns => ns?.Dispose());
    }

    // What was not said of a device that is there is as it is.
    private TunDeviceOptions Plan(PortSpec spec, NetworkNamespace? ns)
    {
        using var routes = RouteSocket.Open(ns);
        TunLinkInfo? present = null;
        if (routes.TryGetLink(spec.Place.Name, out LinkInfo? link))
        {
            PresentDevice.Check(spec.Place, link);
            present = link.Tun!;
            PresentDevice.CheckKept(spec.Place, present, spec.Settings.Mode, spec.Settings.Queues > 1 ? true : null);
        }

        _earlier.Add(link is null ? null : EarlierConfiguration.Read(routes, ns, link));
        DeviceSettings settings = spec.Settings with
        {
            Mode = spec.Settings.Mode ?? (present is { IsTap: true } ? TunMode.Tap : null),
            Up = spec.Settings.Up ?? true,
        };
        return CommandException.Checked(spec.Place, () =>
        {
            TunDeviceOptions options = settings.ToOptions(spec.Place.Name, ns) with
            {
                MultiQueue = present is { IsMultiQueue: true } ? true : null,
            };
            options.Validate();
            return options;
        });
    }

    // A device that was made for the run goes with its queues. The one that failed has put itself back.
    private void Undo()
    {
        foreach ((TunDevice device, EarlierConfiguration? earlier) in _devices.Zip(_earlier))
        {
            device.Dispose();
            earlier?.Restore();
        }
    }

    private static void CheckQueues(IReadOnlyList<PortSpec> specs)
    {
        int[] queues = [.. specs.Select(spec => spec.Settings.Queues ?? 1)];
        if (queues.Distinct().Count() > 1)
        {
            string counts = string.Join(" but ", specs.Select((spec, port) => $"{spec.Place} has queues={queues[port]}"));
            throw CommandException.Usage($"{counts}: give all the same number, as each worker has one queue of each");
        }
    }

    private void CheckDistinct(IReadOnlyList<PortSpec> specs)
    {
        using NetworkNamespace here = NetworkNamespace.Current();
        var seen = new HashSet<(string, ulong)>();
        for (int i = 0; i < specs.Count; i++)
        {
            if (!specs[i].Place.Name.Contains('%') && !seen.Add((specs[i].Place.Name, (_namespaces[i] ?? here).Inode)))
                throw CommandException.Usage($"{specs[i].Place} is there twice: the ports are two devices");
        }
    }
}
