using System.Text;
using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Tun;

/// <summary>
/// The TUN driver's requests (Documentation/networking/tuntap.rst), each a call that answers with its errno. All hold
/// the descriptor open while they use it, so any thread may make them.
/// </summary>
internal static unsafe class TunIoctl
{
    /// <summary>TUNGETFEATURES: which IFF_ flags this kernel's TUNSETIFF knows.</summary>
    public static SysResult GetFeatures(FileDescriptor file, out uint features)
    {
        uint value = 0;
        SysResult result = Call(file, IfTun.TUNGETFEATURES, &value);
        features = value;
        return result;
    }

    /// <summary>TUNSETIFF: makes the device or joins it, with one queue.</summary>
    public static SysResult SetInterface(FileDescriptor file, string name, int flags)
    {
        ifreq request = default;
        Encoding.UTF8.GetBytes(name, new Span<byte>(request.ifr_name, NetIf.IFNAMSIZ - 1));
        request.ifr_flags = (short)flags;
        return Call(file, IfTun.TUNSETIFF, &request);
    }

    /// <summary>
    /// TUNGETIFF: the device's present name and flags. IFF_NO_PI is always among them, because the kernel sets the same bit
    /// as IFF_NOFILTER for a queue without a socket filter.
    /// </summary>
    public static SysResult GetInterface(FileDescriptor queue, out string name, out int flags)
    {
        ifreq request = default;
        SysResult result = Call(queue, IfTun.TUNGETIFF, &request);
        var bytes = new ReadOnlySpan<byte>(request.ifr_name, NetIf.IFNAMSIZ);
        name = Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
        flags = (ushort)request.ifr_flags;
        return result;
    }

    /// <summary>TUNGETIFF, of a queue that must have a device.</summary>
    /// <exception cref="LinuxException">EBADFD: the device is gone. ENOTTY: this is no queue.</exception>
    public static (string Name, int Flags) ReadInterface(FileDescriptor queue)
    {
        SysResult result = GetInterface(queue, out string name, out int flags);
        result.OrThrow("TUNGETIFF", $"descriptor {queue.Number}", TunHints.GetInterface(result.Error));
        return (name, flags);
    }

    /// <summary>TUNSETQUEUE: IFF_ATTACH_QUEUE or IFF_DETACH_QUEUE.</summary>
    public static SysResult SetQueue(FileDescriptor queue, int flag)
    {
        var request = new ifreq { ifr_flags = (short)flag };
        return Call(queue, IfTun.TUNSETQUEUE, &request);
    }

    /// <summary>TUNSETOFFLOAD: which unfinished packets the device may be given, for all its queues.</summary>
    public static SysResult SetOffload(FileDescriptor queue, TunOffloads mask) =>
        Call(queue, IfTun.TUNSETOFFLOAD, (void*)(uint)mask);

    /// <summary>TUNSETVNETHDRSZ: the bytes of the header before each packet, for all queues.</summary>
    public static SysResult SetHeaderSize(FileDescriptor queue, int size) => Call(queue, IfTun.TUNSETVNETHDRSZ, &size);

    /// <summary>TUNSETSTEERINGEBPF: the program that chooses queues; -1 for none.</summary>
    public static SysResult SetSteering(FileDescriptor queue, int program) =>
        Call(queue, IfTun.TUNSETSTEERINGEBPF, &program);

    /// <summary>TUNSETPERSIST: whether the device outlives its queues.</summary>
    public static SysResult SetPersistent(FileDescriptor queue, bool on) =>
        Call(queue, IfTun.TUNSETPERSIST, (void*)(on ? 1u : 0u));

    /// <summary>TUNSETOWNER: the user who may attach to the device; there is no way back to nobody.</summary>
    public static SysResult SetOwner(FileDescriptor queue, uint user) => Call(queue, IfTun.TUNSETOWNER, (void*)user);

    /// <summary>TUNSETGROUP: the group that may attach to the device; there is no way back to none.</summary>
    public static SysResult SetGroup(FileDescriptor queue, uint group) => Call(queue, IfTun.TUNSETGROUP, (void*)group);

    /// <summary>TUNSETCARRIER: whether the link is there.</summary>
    public static SysResult SetCarrier(FileDescriptor queue, bool on)
    {
        int value = on ? 1 : 0;
        return Call(queue, IfTun.TUNSETCARRIER, &value);
    }

    /// <summary>
    /// TUNGETDEVNETNS: a descriptor of the device's present namespace (SIOCGSKNS says where the queue was opened).
    /// </summary>
    public static SysResult GetNamespace(FileDescriptor queue) => Call(queue, IfTun.TUNGETDEVNETNS, null);

    /// <summary>Makes a namespace of what <see cref="GetNamespace"/> answered.</summary>
    public static NetworkNamespace ToNamespace(SysResult found)
    {
        int number = found.OrThrow("TUNGETDEVNETNS", null, TunHints.GetNamespace(found.Error));
        return NetworkNamespace.FromDescriptor(new FileDescriptor(number));
    }

    // Tmds.LibC takes the request as an int, and the kernel looks at its 32 bits whatever their sign.
    private static SysResult Call(FileDescriptor file, uint request, void* argument)
    {
        using var lease = new DescriptorLease(file);
        return SysResult.FromReturn(LibC.ioctl(file.Number, unchecked((int)request), argument));
    }
}
