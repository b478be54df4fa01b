using System.Net.NetworkInformation;
using FastTun.Linux.Netlink;

namespace FastTun.Linux.Tun;

/// <content>The interface: what ip link(8) shows and sets. Every getter asks the kernel.</content>
public sealed partial class TunDevice
{
    /// <summary>All that the kernel says of the interface, at one moment.</summary>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    public LinkInfo Link => Ask(session => session.Link);

    /// <summary>The interface's number in its namespace. A move may change it.</summary>
    public int Index => Link.Index;

    /// <summary>
    /// The largest packet in bytes, of a TAP without the Ethernet header: 68 to 65535, of a TAP to 65521. It binds the
    /// host's sending; what is written to a queue may be longer.
    /// </summary>
    /// <exception cref="ArgumentException">The value is outside that range.</exception>
    public int Mtu
    {
        get => Link.Mtu;
        set => Change(new LinkChanges { Mtu = value });
    }

    /// <summary>
    /// The address of a TAP's host end: 6 bytes, not multicast. A TUN has none, and gives an empty one.
    /// </summary>
    /// <exception cref="LinuxException">
    /// EOPNOTSUPP: this is a TUN. EADDRNOTAVAIL: the address is multicast or zero.
    /// </exception>
    public PhysicalAddress HardwareAddress
    {
        get => Link.HardwareAddress;
        set => Change(new LinkChanges { HardwareAddress = value });
    }

    /// <summary>
    /// How many packets wait in each queue until they are read; more are dropped. The kernel starts with 500 or 1000.
    /// </summary>
    /// <exception cref="ArgumentException">The value is negative.</exception>
    public int TransmitQueueLength
    {
        get => Link.TransmitQueueLength;
        set => Change(new LinkChanges { TransmitQueueLength = value });
    }

    /// <summary>Whether the interface is up: only then does it take and give packets.</summary>
    public bool IsUp => Link.IsUp;

    /// <summary>Whether the host sees a link; without one, routes over the device are not used. Starts true.</summary>
    public bool Carrier
    {
        get => Link.HasCarrier;
        set => TunIoctl.SetCarrier(Control, value).OrThrow("TUNSETCARRIER", Name);
    }

    /// <summary>Whether the device outlives its queues.</summary>
    public bool IsPersistent => Link.Tun?.IsPersistent ?? false;

    /// <summary>
    /// The user who may open a persistent device without CAP_NET_ADMIN, if one was named. With neither user nor group
    /// named, anyone may (tun_not_capable in tun.c).
    /// </summary>
    public uint? Owner => Link.Tun?.Owner;

    /// <summary>The group whose members may open a persistent device without CAP_NET_ADMIN, if one was named.</summary>
    public uint? Group => Link.Tun?.Group;

    /// <summary>What the host counted on the interface.</summary>
    public LinkStatistics Statistics =>
        Link.Statistics ?? throw new NotSupportedException("this kernel sends no 64-bit counters");

    /// <summary>Brings the interface up.</summary>
    /// <exception cref="LinuxException">EPERM: it needs CAP_NET_ADMIN.</exception>
    public void Up() => Change(new LinkChanges { Up = true });

    /// <summary>Takes the interface down: its routes and IPv6 addresses go, and writing fails with EIO.</summary>
    /// <exception cref="LinuxException">EPERM: it needs CAP_NET_ADMIN.</exception>
    public void Down() => Change(new LinkChanges { Up = false });

    /// <summary>Gives the interface another name.</summary>
    /// <param name="name">1 to 15 bytes.</param>
    /// <exception cref="ArgumentException">No interface can have the name.</exception>
    /// <exception cref="LinuxException">EEXIST: another has it.</exception>
    public void Rename(string name) => Change(new LinkChanges { Name = name });

    /// <summary>
    /// Moves the interface to another namespace, where it arrives down and without addresses. The queues stay open and
    /// carry its packets as before.
    /// </summary>
    /// <param name="ns">Where to.</param>
    /// <exception cref="LinuxException">
    /// EPERM: it needs CAP_NET_ADMIN in both. EEXIST: its name is taken there.
    /// </exception>
    public void MoveTo(NetworkNamespace ns) => Change(new LinkChanges { Namespace = ns });

    /// <summary>Opens the interface's present namespace, which the caller closes.</summary>
    /// <exception cref="LinuxException">EPERM: it needs CAP_NET_ADMIN there.</exception>
    public NetworkNamespace OpenNamespace() => TunIoctl.ToNamespace(TunIoctl.GetNamespace(Control));

    /// <summary>Starts to watch the interface in its present namespace; the caller closes the monitor.</summary>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    public TunDeviceMonitor OpenMonitor()
    {
        FileDescriptor control = Control;
        using NetworkNamespace? elsewhere = LinkSession.Elsewhere(control);
        LinkMonitor links = LinkMonitor.Open(elsewhere);
        try
        {
            return new TunDeviceMonitor(links, Index);
        }
        catch
        {
            links.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Lets the device outlive its queues, or not. One that does is deleted by turning this off and closing it.
    /// </summary>
    /// <param name="on">Whether it shall.</param>
    public void Persist(bool on = true) => TunIoctl.SetPersistent(Control, on).OrThrow("TUNSETPERSIST", Name);

    /// <summary>Names the <see cref="Owner"/>. Another may be named later, but not nobody again.</summary>
    /// <param name="user">A user's number.</param>
    /// <exception cref="LinuxException">EINVAL: the user namespace has no such user.</exception>
    public void SetOwner(uint user) =>
        TunIoctl.SetOwner(Control, user).OrThrow("TUNSETOWNER", $"{Name} user {user}", TunHints.Identity);

    /// <summary>Names the <see cref="Group"/>. Another may be named later, but not none again.</summary>
    /// <param name="group">A group's number.</param>
    /// <exception cref="LinuxException">EINVAL: the user namespace has no such group.</exception>
    public void SetGroup(uint group) =>
        TunIoctl.SetGroup(Control, group).OrThrow("TUNSETGROUP", $"{Name} group {group}", TunHints.Identity);

    private void Change(LinkChanges changes)
    {
        using var session = new LinkSession(Control);
        session.Routes.SetLink(session.Link.Index, changes);
    }

    private T Ask<T>(Func<LinkSession, T> question)
    {
        using var session = new LinkSession(Control);
        return question(session);
    }
}
