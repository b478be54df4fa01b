namespace FastTun.Linux.Tun;

/// <summary>The likely cause of what the TUN driver refuses, and the way out.</summary>
internal static class TunHints
{
    public const string SetQueue =
        "it is in that state already, or the device was made without MultiQueue and its one queue stays attached";

    public const string Identity = "the user namespace has no such number";

    public const string Gone = "the device is gone";

    private const string NoDriver =
        "the TUN driver is not there; load it with 'modprobe tun', or give the container the file";

    /// <summary>Of opening the driver's file.</summary>
    public static string? OpenFile(Errno error) => error switch
    {
        Errno.ENOENT or Errno.ENODEV or Errno.ENXIO => NoDriver,
        Errno.EACCES or Errno.EPERM =>
            "this user, or this container, may not use the TUN driver's file; run as root, or 'chmod 0666' it",
        _ => null,
    };

    /// <summary>Of making or joining a device.</summary>
    public static string? SetInterface(Errno error, TunDeviceOptions options) => error switch
    {
        Errno.EPERM => "creating a TUN device needs CAP_NET_ADMIN; run as root, or inside 'unshare -Urn'",
        Errno.EBUSY when options.Exclusive => "an interface of that name exists, and Exclusive wants to make it",
        Errno.EBUSY => "another program has it open, and it has one queue only; close it there, or take another name",
        Errno.E2BIG => $"the device has its {TunDeviceOptions.MaxQueueCount} queues open already",
        Errno.EINVAL => "an interface of that name is something else: no TUN or TAP, the other of the two, or one "
            + (options.IsMultiQueue ? "made without MultiQueue (queues=1)" : "made with MultiQueue (queues=2 or more)"),
        Errno.ENFILE => "every number of this name template is taken",
        _ => null,
    };

    /// <summary>Of asking a descriptor for its device.</summary>
    public static string? GetInterface(Errno error) => error switch
    {
        Errno.EBADFD => Gone,
        Errno.ENOTTY or Errno.EBADF => "this is no queue of a TUN or TAP device",
        _ => null,
    };

    /// <summary>Of asking a descriptor for its device's namespace.</summary>
    public static string? GetNamespace(Errno error) => error switch
    {
        Errno.EBADFD => Gone,
        Errno.EPERM => "to open a device's namespace needs CAP_NET_ADMIN in it",
        _ => null,
    };

    /// <summary>Of joining a device whose open queues carry something else.</summary>
    public static string OtherFlags(string what, bool wanted) => wanted
        ? $"the device's open queues come without {what}, and this one asks for it"
        : $"the device's open queues come with {what}, and this one asks for none";

    /// <summary>Of NAPI that is not as it was asked for.</summary>
    public static string OtherNapi(bool wanted) => wanted
        ? "the device's open queues do without NAPI, or this kernel does (before Linux 4.15); this one asks for it"
        : "the device's open queues use NAPI, and this one does not ask for it";

    /// <summary>Of reading or writing a packet.</summary>
    public static string? Transfer(Errno error) => error switch
    {
        Errno.EIO => "the device is down; bring it up first",
        Errno.EINVAL => "this is no packet that the device takes",
        Errno.EBADFD => Gone,
        _ => null,
    };
}
