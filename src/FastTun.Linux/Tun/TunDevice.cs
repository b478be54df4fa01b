using FastTun.Linux.Native;

namespace FastTun.Linux.Tun;

/// <summary>
/// A TUN or TAP device and its open queues. What it says of itself is asked of the kernel each time, through the
/// descriptor, so that a rename or a move to another namespace from outside changes nothing. Disposing of it closes the
/// queues, and with the last one the device goes, unless it is persistent. Any thread may call any member.
/// </summary>
public sealed partial class TunDevice : IDisposable
{
    // TUNGETIFF says these as they are; IFF_NO_PI it always reports (see TunIoctl).
    private const int ReportedFlags =
        IfTun.IFF_TUN | IfTun.IFF_TAP | IfTun.IFF_MULTI_QUEUE | IfTun.IFF_VNET_HDR | IfTun.IFF_NAPI;

    // struct virtio_net_hdr, without the members that only virtio 1.0 or merged buffers add.
    private const int VirtioNetHeaderBytes = 10;

    private readonly Lock _gate = new();
    private readonly int _flags;
    private readonly TunDeviceOptions _options;
    private TunQueue[] _queues = [];
    private int _opened;
    private bool _isDisposed;

    private TunDevice(TunDeviceOptions options)
    {
        _options = options;
        _flags = options.Mode == TunMode.Tun ? IfTun.IFF_TUN : IfTun.IFF_TAP;
        _flags |= options.PacketInformation ? 0 : IfTun.IFF_NO_PI;
        _flags |= options.IsMultiQueue ? IfTun.IFF_MULTI_QUEUE : 0;
        _flags |= options.HasVirtioNetHeader ? IfTun.IFF_VNET_HDR : 0;
        _flags |= options.Napi ? IfTun.IFF_NAPI : 0;
    }

    /// <summary>The open queues, attached or not, in the order they were opened.</summary>
    public IReadOnlyList<TunQueue> Queues => [.. Volatile.Read(ref _queues).Where(queue => queue.IsOpen)];

    /// <summary>What the queues carry.</summary>
    public TunMode Mode => _options.Mode;

    /// <summary>Whether more queues can be opened.</summary>
    public bool IsMultiQueue => _options.IsMultiQueue;

    /// <summary>Whether each packet has four bytes of packet information before it.</summary>
    public bool HasPacketInformation => _options.PacketInformation;

    /// <summary>Whether each packet has a virtio_net_hdr of ten bytes before it.</summary>
    public bool HasVirtioNetHeader => _options.HasVirtioNetHeader;

    /// <summary>Whether what is written enters the host's stack through NAPI.</summary>
    public bool HasNapi => _options.Napi;

    /// <summary>The interface's present name; a rename shows.</summary>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    /// <exception cref="ObjectDisposedException">All queues are closed.</exception>
    public string Name => TunIoctl.ReadInterface(Control).Name;

    // Any open queue stands for the device, also a detached one.
    private FileDescriptor Control => First.Descriptor;

    // A loop, because it is on the way of each packet that is read or written here, and must not allocate.
    private TunQueue First
    {
        get
        {
            foreach (TunQueue queue in Volatile.Read(ref _queues))
            {
                if (queue.IsOpen)
                    return queue;
            }

            throw new ObjectDisposedException(nameof(TunDevice));
        }
    }

    /// <summary>Opens a device, which is made if there is none of that name; a failure leaves nothing behind.</summary>
    /// <param name="options">What it shall be.</param>
    /// <exception cref="ArgumentException">An option is one that no kernel would take.</exception>
    /// <exception cref="LinuxException">The kernel refused; the message says why.</exception>
    public static TunDevice Open(TunDeviceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();

        // The driver makes the device where its file was opened.
        return options.Namespace is { } ns ? ns.Run(() => OpenHere(options)) : OpenHere(options);
    }

    /// <summary>
    /// Takes over queues that are open already: inherited, or passed over a socket. They become non-blocking, for
    /// whoever else has the same open file too, and must stay so: a collection waits for a read that is under way. The
    /// device gives finished packets from then on (<see cref="Offloads"/> is none), whatever it gave before.
    /// </summary>
    /// <param name="descriptors">
    /// Queues of one device, one or more; they belong to the result, or to the caller when this throws.
    /// </param>
    /// <exception cref="ArgumentException">There is none, or they are of several devices.</exception>
    /// <exception cref="LinuxException">One is no queue of a TUN or TAP device, or the device is gone.</exception>
    public static TunDevice Adopt(params ReadOnlySpan<FileDescriptor> descriptors)
    {
        if (descriptors.IsEmpty)
            throw new ArgumentException("a device is adopted by one queue at least", nameof(descriptors));
        (string name, int flags) = TunIoctl.ReadInterface(descriptors[0]);
        foreach (FileDescriptor descriptor in descriptors[1..])
        {
            if (TunIoctl.ReadInterface(descriptor).Name != name)
                throw new ArgumentException($"descriptor {descriptor.Number} is not a queue of {name}", nameof(descriptors));
        }

        using LinkSession session = new LinkSession(descriptors[0]);
        var device = new TunDevice(new TunDeviceOptions
        {
            Name = name,
            Mode = (flags & IfTun.IFF_TUN) != 0 ? TunMode.Tun : TunMode.Tap,
            MultiQueue = (flags & IfTun.IFF_MULTI_QUEUE) != 0,
            VirtioNetHeader = (flags & IfTun.IFF_VNET_HDR) != 0,
            Napi = (flags & IfTun.IFF_NAPI) != 0,
            PacketInformation = session.Link.Tun?.HasPacketInformation ?? false,
        });
        foreach (FileDescriptor descriptor in descriptors)
            SetNonBlocking(descriptor);
        device.NegotiateOffloads(descriptors[0], name);
        foreach (FileDescriptor descriptor in descriptors)
            device.Add(descriptor);
        return device;
    }

    /// <summary>What this kernel's TUN driver can do.</summary>
    /// <param name="devicePath">The driver's file.</param>
    /// <exception cref="LinuxException">The driver is not there, or may not be used.</exception>
    public static TunFeatures GetFeatures(string devicePath = TunDeviceOptions.DefaultDevicePath)
    {
        using FileDescriptor file = OpenFile(devicePath);
        TunIoctl.GetFeatures(file, out uint features).OrThrow("TUNGETFEATURES", devicePath);
        return (TunFeatures)features;
    }

    /// <summary>Opens one more queue, like the others; traffic is spread over it at once.</summary>
    /// <returns>The queue, which <see cref="Queues"/> has too.</returns>
    /// <exception cref="LinuxException">
    /// E2BIG: the device has all it can have. EBUSY: it is not a multi-queue device. EBADFD: it is gone.
    /// </exception>
    /// <exception cref="ObjectDisposedException">All queues are closed.</exception>
    public TunQueue AttachQueue()
    {
        FileDescriptor control = Control;
        using NetworkNamespace? elsewhere = LinkSession.Elsewhere(control);
        return elsewhere is null ? AttachQueueHere(control) : elsewhere.Run(() => AttachQueueHere(control));
    }

    /// <inheritdoc cref="TunQueue.Read"/>
    /// <remarks>
    /// Reads from the first open queue. Allocates nothing, unless the token can be cancelled: then each call opens and
    /// closes an eventfd(2).
    /// </remarks>
    public int Read(Span<byte> buffer, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        First.Read(buffer, timeout, cancellationToken);

    /// <inheritdoc cref="TunQueue.Write"/>
    /// <remarks>Writes to the first open queue. Allocates nothing.</remarks>
    public void Write(ReadOnlySpan<byte> packet) => First.Write(packet);

    /// <summary>Closes all queues. May be called from any thread, and again.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            ForgetSteering();
            foreach (TunQueue queue in _queues)
                queue.Dispose();
        }
    }
}
