using FastTun.Linux.Netlink;

namespace FastTun.Linux.Tun;

/// <summary>
/// One conversation with the kernel about the interface of a queue, wherever that is by now: its namespace and its name
/// come from the descriptor.
/// </summary>
internal sealed class LinkSession : IDisposable
{
    /// <summary>Finds the interface and reads it.</summary>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    public LinkSession(FileDescriptor queue)
    {
        string name = TunIoctl.ReadInterface(queue).Name;
        using NetworkNamespace? elsewhere = Elsewhere(queue);
        Routes = RouteSocket.Open(elsewhere);
        try
        {
            Link = Routes.GetLink(name);
        }
        catch
        {
            Routes.Dispose();
            throw;
        }
    }

    /// <summary>Speaks to the interface's namespace.</summary>
    public RouteSocket Routes { get; }

    /// <summary>The interface as it was when the conversation began.</summary>
    public LinkInfo Link { get; }

    /// <summary>The namespace of a queue's device, where it is another than the calling thread's.</summary>
    public static NetworkNamespace? Elsewhere(FileDescriptor queue)
    {
        // EPERM: a process without CAP_NET_ADMIN was given the queue. It could not enter another namespace either.
        SysResult found = TunIoctl.GetNamespace(queue);
        if (found.Error == Errno.EPERM)
            return null;
        NetworkNamespace ns = TunIoctl.ToNamespace(found);
        using NetworkNamespace here = NetworkNamespace.Current();
        if (!ns.Equals(here))
            return ns;
        ns.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Routes.Dispose();
}
