using FastTun.Cli.CommandLine;
using FastTun.Cli.Reports;
using FastTun.Linux;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;

namespace FastTun.Cli.Devices;

/// <summary>What <c>fasttun device</c> does. Each verb does all of it or, when it throws, nothing.</summary>
internal static class DeviceAdministration
{
    public static DeviceReport Add(DevicePlace place, DeviceSettings settings)
    {
        using NetworkNamespace? ns = place.OpenNamespace();
        TunDeviceOptions options = CommandException.Checked(place, () =>
        {
            TunDeviceOptions wanted = (settings with { Offload = false }).ToOptions(place.Name, ns) with { Exclusive = true, Persistent = true };
            wanted.Validate();
            return wanted;
        });
        string name = Make(place, options);

        // Read when its only queue is closed again: that is how it stays.
        using var routes = RouteSocket.Open(ns);
        return DeviceReport.Read(routes, routes.GetLink(name));
    }

    public static DeviceReport Set(DevicePlace place, DeviceSettings settings)
    {
        using NetworkNamespace? ns = place.OpenNamespace();
        using var routes = RouteSocket.Open(ns);
        LinkInfo link = Find(routes, place);
        bool? severalQueues = settings.Queues is { } queues ? queues > 1 : null;
        PresentDevice.CheckKept(place, link.Tun!, settings.Mode, severalQueues);
        CommandException.Checked(place, () =>
            Apply(place, settings.WithWholeAddresses(routes.GetAddresses(link.Index)), routes, link, ns));
        return DeviceReport.Read(routes, routes.GetLink(link.Index));
    }

    public static DeviceReport Show(DevicePlace place)
    {
        using NetworkNamespace? ns = place.OpenNamespace();
        using var routes = RouteSocket.Open(ns);
        return DeviceReport.Read(routes, Find(routes, place));
    }

    public static DeviceReport[] List(DevicePlace place)
    {
        using NetworkNamespace? ns = place.OpenNamespace();
        using var routes = RouteSocket.Open(ns);
        return [.. routes.GetLinks().Where(link => link.Tun is not null).Select(link => DeviceReport.Read(routes, link))];
    }

    public static void Delete(DevicePlace place)
    {
        using NetworkNamespace? ns = place.OpenNamespace();
        using var routes = RouteSocket.Open(ns);
        routes.DeleteLink(Find(routes, place).Index);
    }

    private static string Make(DevicePlace place, TunDeviceOptions options)
    {
        try
        {
            using TunDevice device = TunDevice.Open(options);
            return device.Name;
        }
        catch (LinuxException refused) when (refused.Error == Errno.EBUSY)
        {
            string message = $"{place} exists already; change it with 'fasttun device set', or delete it first";
            throw CommandException.Usage(message, refused);
        }
    }

    private static LinkInfo Find(RouteSocket routes, DevicePlace place)
    {
        if (!routes.TryGetLink(place.Name, out LinkInfo? link))
            throw CommandException.Usage($"{place}: there is no such interface; see 'fasttun device list'");
        PresentDevice.Check(place, link);
        return link;
    }

    private static bool Apply(
        DevicePlace place, DeviceSettings wanted, RouteSocket routes, LinkInfo link, NetworkNamespace? ns)
    {
        TunLinkInfo present = link.Tun!;
        if ((wanted.Owner ?? present.Owner) == present.Owner && (wanted.Group ?? present.Group) == present.Group)
            return LinkConfigurator.Apply(routes, link.Index, wanted.ToConfiguration());

        // Owner and group are set through a queue alone, and the device has to be joined as it is.
        using TunDevice device = TunDevice.Open((wanted with { Offload = false }).ToOptions(place.Name, ns) with
        {
            Mode = present.IsTap ? TunMode.Tap : TunMode.Tun,
            QueueCount = 1,
            MultiQueue = present.IsMultiQueue,
            PacketInformation = present.HasPacketInformation,
            VirtioNetHeader = present.HasVirtioNetHeader,
        });
        return true;
    }
}
