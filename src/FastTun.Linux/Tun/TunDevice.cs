using System.Text;
using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Tun;

/// <summary>
/// A TUN or TAP device and its open queues. What it says of itself is asked of the kernel each time, so that a change from
/// outside shows. Disposing of it closes the queues, and with the last one the device goes, unless it is persistent.
/// </summary>
public sealed unsafe class TunDevice : IDisposable
{
    private readonly List<TunQueue> _queues = [];

    private TunDevice(TunMode mode) => Mode = mode;

    /// <summary>The open queues, in the order they were opened.</summary>
    public IReadOnlyList<TunQueue> Queues => _queues;

    /// <summary>What the queues carry.</summary>
    public TunMode Mode { get; }

    /// <summary>The interface's present name; a rename shows.</summary>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    public string Name
    {
        get
        {
            TunIoctl.GetInterface(_queues[0].Descriptor, out string name, out _).OrThrow("TUNGETIFF");
            return name;
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
        var device = new TunDevice(options.Mode);
        try
        {
            device.OpenQueues(options);
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TunQueue queue in _queues)
            queue.Dispose();
    }

    private void OpenQueues(TunDeviceOptions options)
    {
        int flags = options.Mode == TunMode.Tun ? IfTun.IFF_TUN : IfTun.IFF_TAP;
        if (!options.PacketInformation)
            flags |= IfTun.IFF_NO_PI;
        if (options.IsMultiQueue)
            flags |= IfTun.IFF_MULTI_QUEUE;

        string name = options.Name;
        for (int i = 0; i < options.QueueCount; i++)
        {
            FileDescriptor file = OpenFile(options.DevicePath);
            _queues.Add(new TunQueue(file, i));
            int exclusive = i == 0 && options.Exclusive ? IfTun.IFF_TUN_EXCL : 0;
            TunIoctl.SetInterface(file, name, flags | exclusive).OrThrow("TUNSETIFF", name);
            name = Name;
        }
    }

    private static FileDescriptor OpenFile(string path)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + '\0'))
        {
            int number = LibC.open(bytes, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
            return new FileDescriptor(SysResult.FromReturn(number).OrThrow("open", path));
        }
    }
}
