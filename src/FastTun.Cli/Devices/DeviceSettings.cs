using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using FastTun.Linux;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Queues;

namespace FastTun.Cli.Devices;

/// <summary>
/// What a command's user said of a device, by the keys of a PORT or the options of <c>device</c> (<see cref="DeviceKey"/>
/// reads both). What is null was not said, and stays as it is or as the kernel makes it.
/// </summary>
internal sealed record DeviceSettings
{
    public TunMode? Mode { get; init; }

    public IReadOnlyList<InterfaceAddress>? Addresses { get; init; }

    /// <summary>The peer of the first IPv4 address.</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>The prefix length of the first IPv4 address.</summary>
    public int? NetmaskLength { get; init; }

    /// <summary>The broadcast address of the first IPv4 address.</summary>
    public IPAddress? Broadcast { get; init; }

    /// <summary>FastTun's own address at the port, where no peer says it.</summary>
    public IPAddress? Router { get; init; }

    public int? Mtu { get; init; }

    public PhysicalAddress? HardwareAddress { get; init; }

    public int? TransmitQueueLength { get; init; }

    public int? Queues { get; init; }

    public uint? Owner { get; init; }

    public uint? Group { get; init; }

    public IReadOnlyList<InterfaceRoute>? Routes { get; init; }

    public bool? Up { get; init; }

    /// <summary>Whether packets may be unfinished, as far as the kernel can; of ports alone.</summary>
    public bool? Offload { get; init; }

    /// <summary>Whether the host takes packets through NAPI; of ports alone.</summary>
    public bool Napi { get; init; }

    /// <summary>Whether packets that leave together are joined, where they may be unfinished; of ports alone.</summary>
    public bool Join { get; init; } = true;

    /// <summary>How its queues are read and written; of ports alone.</summary>
    public QueueIo? Io { get; init; }

    /// <summary>Whether something is said of the first IPv4 address besides the address itself.</summary>
    public bool HasAddressParts => Destination is not null || NetmaskLength is not null || Broadcast is not null;

    /// <summary>Puts values together, in the order they were given.</summary>
    /// <exception cref="FormatException">One is no value of its key, is there twice, or contradicts another.</exception>
    public static DeviceSettings From(IEnumerable<(DeviceKey Key, string Value)> values)
    {
        var settings = new DeviceSettings();
        var given = new HashSet<string>();
        foreach ((DeviceKey key, string value) in values)
        {
            if (!given.Add(key.Name) && !key.Repeats)
                throw new FormatException($"{key.Name} is given twice");
            if (key.Excludes is { } opposite && given.Contains(opposite))
                throw new FormatException($"{opposite} and {key.Name} are both given");
            settings = key.Apply(settings, value);
        }

        return settings;
    }

    /// <summary>The addresses with what was said of the first IPv4 one put into it.</summary>
    /// <param name="addresses">Those that the parts are about; null where none were said.</param>
    /// <exception cref="FormatException">There is no IPv4 address, or it cannot have what was said of it.</exception>
    public IReadOnlyList<InterfaceAddress>? WithAddressParts(IReadOnlyList<InterfaceAddress>? addresses)
    {
        if (!HasAddressParts)
            return addresses;
        InterfaceAddress first =
            addresses?.FirstOrDefault(address => address.Address.AddressFamily == AddressFamily.InterNetwork)
            ?? throw new FormatException("destination, netmask and broadcast are an IPv4 address's; say that address too");
        var whole = new InterfaceAddress(
            first.Address, NetmaskLength ?? first.PrefixLength, Destination ?? first.Peer, Broadcast ?? first.Broadcast);
        return [.. addresses!.Select(address => ReferenceEquals(address, first) ? whole : address)];
    }

    /// <summary>The same with whole addresses, and nothing more to put into them.</summary>
    /// <param name="present">The addresses that parts are about where no address was said.</param>
    /// <exception cref="FormatException">There is no IPv4 address, or it cannot have what was said of it.</exception>
    public DeviceSettings WithWholeAddresses(IReadOnlyList<InterfaceAddress> present) => this with
    {
        Addresses = HasAddressParts ? WithAddressParts(Addresses ?? present) : Addresses,
        Destination = null,
        NetmaskLength = null,
        Broadcast = null,
    };

    /// <summary>How an interface that exists shall be; addresses are whole by now.</summary>
    public LinkConfiguration ToConfiguration() => new()
    {
        Link = new LinkChanges
        {
            Up = Up,
            Mtu = Mtu,
            TransmitQueueLength = TransmitQueueLength,
            HardwareAddress = HardwareAddress,
        },
        Addresses = Addresses,
        Routes = Routes,
    };

    /// <summary>What the kernel is asked for, of a device that this process opens.</summary>
    /// <exception cref="FormatException">The parts do not go together.</exception>
    public TunDeviceOptions ToOptions(string name, NetworkNamespace? ns) => new()
    {
        Name = name,
        Namespace = ns,
        Mode = Mode ?? TunMode.Tun,
        QueueCount = Queues ?? 1,
        Addresses = WithAddressParts(Addresses),
        Mtu = Mtu,
        HardwareAddress = HardwareAddress,
        TransmitQueueLength = TransmitQueueLength,
        Owner = Owner,
        Group = Group,
        Routes = Routes,
        Up = Up,
        Napi = Napi,
        Offloads = Offload ?? true ? TunOffloads.All : TunOffloads.None,
    };
}
