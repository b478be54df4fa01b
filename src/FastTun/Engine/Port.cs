using FastTun.Batching;
using FastTun.Capture;
using FastTun.Linux;
using FastTun.Linux.Tun;
using FastTun.Offload;
using FastTun.Queues;

namespace FastTun.Engine;

/// <summary>
/// A way into and out of an engine, with one queue for each worker. Usually a device; queues of any other kind make a port as
/// well.
/// </summary>
public sealed class Port
{
    /// <summary>How many super-packets of a kind the kernel may refuse before no more of them are given to the device.</summary>
    public const int ToleratedRefusals = DeviceOffloads.ToleratedRefusals;

    /// <summary>Makes a port of queues.</summary>
    /// <param name="name">What the port is called in counters and messages.</param>
    /// <param name="queues">Queue <c>i</c> becomes worker <c>i</c>'s.</param>
    /// <param name="mtu">The longest IP packet that may pass, in bytes: 68 (RFC 791) to 65535.</param>
    /// <param name="linkLayer">What stands before the network header.</param>
    public Port(string name, IReadOnlyList<IPacketQueue> queues, int mtu = 1500, LinkLayer linkLayer = LinkLayer.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(queues);
        ArgumentOutOfRangeException.ThrowIfZero(queues.Count, nameof(queues));
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, 68);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mtu, 65535);
        Queues = queues;
        State = new PortState(name, mtu, IsUp: true, linkLayer);
    }

    /// <summary>What stages see of the port when the engine starts.</summary>
    public PortState State { get; private init; }

    /// <summary>One a worker.</summary>
    public IReadOnlyList<IPacketQueue> Queues { get; }

    /// <summary>The device behind the port, if it is one.</summary>
    internal TunDevice? Device { get; private init; }

    /// <summary>What may be written to that device, if it has virtio-net headers.</summary>
    internal DeviceOffloads? Offloads { get; private init; }

    /// <summary>
    /// Makes a port of a device, with as many queues as the device has. The device stays the caller's to dispose, after
    /// the engine. For the first one with offloads the kernel's are tried, see <see cref="OffloadSelfTest"/>.
    /// </summary>
    /// <param name="device">Open, and without packet-information headers.</param>
    /// <param name="joins">
    /// Whether packets that leave together and belong together are joined, where the device has offloads; if not, each is
    /// written as it is, super-packets whole.
    /// </param>
    /// <param name="io">How its queues are read and written.</param>
    /// <exception cref="ArgumentException">The device puts such headers before its packets.</exception>
    /// <exception cref="LinuxException">io_uring is asked for and cannot be had; the message says why.</exception>
    public static Port FromDevice(TunDevice device, bool joins = true, QueueIo io = QueueIo.Auto)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.HasPacketInformation)
            throw new ArgumentException($"{device.Name} has packet-information headers; open it without.", nameof(device));
        if (io == QueueIo.IoUring)
            TunRing.Require();
        var linkLayer = device.Mode == TunMode.Tap ? LinkLayer.Ethernet : LinkLayer.None;
        DeviceOffloads? offloads = device.HasVirtioNetHeader ? DeviceOffloads.For(device) : null;
        var queues = device.Queues.Select(queue => MakeQueue(queue, offloads, joins, io));
        var port = new Port(device.Name, [.. queues], device.Mtu, linkLayer)
        {
            Device = device,
            State = new PortState(device.Name, device.Mtu, device.IsUp, linkLayer),
        };
        return offloads is null ? port : port.With(offloads);
    }

    /// <summary>The same port, whose queues share what may be written unfinished.</summary>
    internal Port With(DeviceOffloads offloads) => new(State.Name, [.. Queues])
    {
        Device = Device,
        Offloads = offloads,
        State = State with { Offloads = offloads.Usable },
    };

    /// <summary>The same port, recording what passes it: each queue becomes an interface of the recording.</summary>
    /// <param name="capture">Where to record; it stays the caller's to dispose, after the engine.</param>
    public Port RecordedBy(PacketCapture capture)
    {
        ArgumentNullException.ThrowIfNull(capture);
        string suffix(int queue) => Queues.Count > 1 ? $" queue {queue}" : "";
        var recorded = Queues.Select((queue, index) => new RecordingQueue(queue, capture, State.Name + suffix(index), State.LinkLayer));
        return new Port(State.Name, [.. recorded]) { Device = Device, Offloads = Offloads, State = State };
    }

    private static IPacketQueue MakeQueue(TunQueue queue, DeviceOffloads? offloads, bool joins, QueueIo io) =>
        offloads is null ? new TunPacketQueue(queue, io) : new TunOffloadQueue(queue, offloads, joins, io);
}
