using System.Net.NetworkInformation;
using FastTun.Linux.Netlink;

namespace FastTun.Linux.Tun;

/// <summary>
/// What a TUN or TAP device shall be. Everything is checked before the kernel is asked for anything; what is null is
/// left to the kernel, or, of a device that exists already, as it is.
/// </summary>
public sealed partial record TunDeviceOptions
{
    /// <summary>The most queues that a device can have (MAX_TAP_QUEUES in tun.c).</summary>
    public const int MaxQueueCount = 256;

    /// <summary>Where the driver's file is.</summary>
    public const string DefaultDevicePath = "/dev/net/tun";

    /// <summary>
    /// A name of 1 to 15 bytes, or a template with one <c>%d</c> where the kernel puts the first free number. Empty for
    /// <c>tun%d</c> or <c>tap%d</c>.
    /// </summary>
    public string Name { get; init; } = "";

    /// <summary>IP packets or Ethernet frames.</summary>
    public TunMode Mode { get; init; } = TunMode.Tun;

    /// <summary>
    /// Whether each packet has four bytes before it (struct tun_pi: flags, protocol). Off by default: they say nothing
    /// that the packet does not.
    /// </summary>
    public bool PacketInformation { get; init; }

    /// <summary>How many queues to open, 1 to <see cref="MaxQueueCount"/>.</summary>
    public int QueueCount { get; init; } = 1;

    /// <summary>
    /// Whether the device can have several queues (IFF_MULTI_QUEUE), which is decided when it is made. Null: if
    /// <see cref="QueueCount"/> is more than one.
    /// </summary>
    public bool? MultiQueue { get; init; }

    /// <summary>
    /// Whether each packet has a virtio_net_hdr of ten bytes before it. Offloads need it: it is there where any are
    /// asked for, also when the kernel then grants none.
    /// </summary>
    public bool VirtioNetHeader { get; init; }

    /// <summary>
    /// The unfinished packets to ask the host for. It may grant fewer: see <see cref="TunDevice.Offloads"/>. None by
    /// default, which also ends what the device was given before.
    /// </summary>
    public TunOffloads Offloads { get; init; }

    /// <summary>
    /// Whether what is written enters the host's stack through NAPI (IFF_NAPI), and not in the write itself. A small
    /// packet then costs more, and segments of one TCP stream may be joined by the host (GRO), which it does across
    /// packets only where the device's NAPI runs in threads (<c>/sys/class/net/NAME/threaded</c>). It is decided with a
    /// device's first queue and stays so for as long as one is open.
    /// </summary>
    public bool Napi { get; init; }

    /// <summary>Fails if the device exists (IFF_TUN_EXCL), where otherwise a persistent one is taken over.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Whether the device outlives its queues.</summary>
    public bool? Persistent { get; init; }

    /// <summary>
    /// The number of the user who may open the persistent device without CAP_NET_ADMIN. With neither user nor group
    /// named, anyone may.
    /// </summary>
    public uint? Owner { get; init; }

    /// <summary>The number of the group whose members may open the persistent device without CAP_NET_ADMIN.</summary>
    public uint? Group { get; init; }

    /// <summary>Whether the host sees a link; without one, routes over the device are not used.</summary>
    public bool? Carrier { get; init; }

    /// <summary>How many packets wait in each queue until they are read, 0 or more.</summary>
    public int? TransmitQueueLength { get; init; }

    /// <summary>
    /// The largest packet in bytes, of a TAP without the Ethernet header: 68 to 65535, of a TAP to 65521.
    /// </summary>
    public int? Mtu { get; init; }

    /// <summary>The address of a TAP's host end: 6 bytes, not multicast, not zero.</summary>
    public PhysicalAddress? HardwareAddress { get; init; }

    /// <summary>Exactly these addresses.</summary>
    public IReadOnlyList<InterfaceAddress>? Addresses { get; init; }

    /// <summary>
    /// Exactly these routes, besides those that the kernel makes for addresses. They need the device up.
    /// </summary>
    public IReadOnlyList<InterfaceRoute>? Routes { get; init; }

    /// <summary>Whether the interface is up; the kernel makes it down.</summary>
    public bool? Up { get; init; }

    /// <summary>The namespace to open the device in; the calling thread's where it is null.</summary>
    public NetworkNamespace? Namespace { get; init; }

    /// <summary>The driver's file.</summary>
    public string DevicePath { get; init; } = DefaultDevicePath;

    internal bool IsMultiQueue => MultiQueue ?? QueueCount > 1;

    internal bool HasVirtioNetHeader => VirtioNetHeader || Offloads != TunOffloads.None;

    internal LinkConfiguration Configuration => new()
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
}
