using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using static FastTun.Cli.Devices.DeviceValue;

namespace FastTun.Cli.Devices;

/// <summary>
/// One thing that can be said of a device: <c>name=value</c> in a PORT, <c>--name value</c> at the <c>device</c> command.
/// The lists below are all there is, and both are made of them.
/// </summary>
/// <param name="Name">The key.</param>
/// <param name="Value">What the value is called in help; empty for a switch, which stands alone.</param>
/// <param name="Description">One line of help.</param>
/// <param name="Set">
/// Puts a value into the settings; throws <see cref="FormatException"/> or <see cref="ArgumentException"/>.
/// </param>
internal sealed record DeviceKey(
    string Name, string Value, string Description, Func<DeviceSettings, string, DeviceSettings> Set)
{
    private const string QueuesOfAPort = "queues of the device, 1 to 256, each with a worker of its own; default 1";

    /// <summary>What the device and its interface are.</summary>
    public static readonly IReadOnlyList<DeviceKey> Device =
    [
        new("mode", "tun|tap", "IP packets or Ethernet frames",
            (device, text) => device with { Mode = Choice<TunMode>(text) }),
        new("address", "\"A[/N]\"", "the host's address, or \"A peer B[/N]\" with FastTun's own behind it; may repeat",
            (device, text) => device with { Addresses = [.. device.Addresses ?? [], InterfaceAddress.Parse(text)] })
        {
            Repeats = true,
        },
        new("destination", "B", "the peer of the first IPv4 address: FastTun itself",
            (device, text) => device with { Destination = Address(text) }),
        new("netmask", "M", "the mask of the first IPv4 address, such as 255.255.255.0",
            (device, text) => device with { NetmaskLength = Netmask.Parse(text) }),
        new("broadcast", "C", "the broadcast address of the first IPv4 address",
            (device, text) => device with { Broadcast = Address(text) }),
        new("mtu", "N", "the longest packet in bytes, 68 to 65535",
            (device, text) => device with { Mtu = Number(text) }),
        new("mac", "M", "the link address of a TAP, such as 02:00:00:00:00:01",
            (device, text) => device with { HardwareAddress = LinkAddress(text) }),
        new("txqueuelen", "N", "how many packets wait in each queue",
            (device, text) => device with { TransmitQueueLength = Number(text) }),
        new("queues", "N", "queues of the device, 1 to 256",
            (device, text) => device with { Queues = Number(text) }),
        new("owner", "USER", "who may open the device without CAP_NET_ADMIN",
            (device, text) => device with { Owner = AccountNames.User(text) }),
        new("group", "GROUP", "whose members may open it, too",
            (device, text) => device with { Group = AccountNames.Group(text) }),
        new("route", "\"PREFIX [via G] [metric N]\"", "a route to the device; may repeat",
            (device, text) => device with { Routes = [.. device.Routes ?? [], InterfaceRoute.Parse(text)] })
        {
            Repeats = true,
        },
        new("up", "", "bring the interface up",
            (device, text) => device with { Up = Switch(text) }) { Excludes = "down" },
        new("down", "", "take the interface down",
            (device, text) => device with { Up = !Switch(text) }) { Excludes = "up" },
    ];

    /// <summary>What a port is, besides a device.</summary>
    public static readonly IReadOnlyList<DeviceKey> Port =
    [
        .. Device.Select(key => key.Name == "queues" ? key with { Description = QueuesOfAPort } : key),
        new("router", "R", "kept for what FastTun will answer itself, where there is no peer; does nothing yet",
            (port, text) => port with { Router = Address(text) }),
        new("offload", "true|false", "take and give super-packets and unfinished checksums; default true",
            (port, text) => port with { Offload = Switch(text) }),
        new("join", "true|false", "join packets that leave together into super-packets, where offload is on; default true",
            (port, text) => port with { Join = Switch(text) }),
        new("napi", "true|false", "let the host take packets through NAPI, which can join TCP segments; default false",
            (port, text) => port with { Napi = Switch(text) }),
        new("io", "auto|epoll|io_uring", "a system call a packet, or a batch; default auto: epoll, which is no slower",
            (port, text) => port with { Io = Io(text) }),
    ];

    public bool Repeats { get; init; }

    /// <summary>A key that says the opposite.</summary>
    public string? Excludes { get; init; }

    public bool IsSwitch => Value.Length == 0;

    /// <summary>How it is written in a PORT.</summary>
    public string Usage => IsSwitch ? Name : $"{Name}={Value.Trim('"')}";

    /// <summary>Reads a value into the settings.</summary>
    /// <exception cref="FormatException">It is no value of this key; the message names both.</exception>
    public DeviceSettings Apply(DeviceSettings settings, string value)
    {
        try
        {
            return Set(settings, value);
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException)
        {
            // The library's own messages begin with what they are about.
            bool isNamed = problem.Message.StartsWith(Name, StringComparison.Ordinal);
            throw new FormatException(isNamed ? problem.Message : $"{Name} {problem.Message}", problem);
        }
    }
}
