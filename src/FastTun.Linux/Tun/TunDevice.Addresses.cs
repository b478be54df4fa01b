using System.Net;
using System.Net.Sockets;
using FastTun.Linux.Netlink;
using Mask = FastTun.Linux.Netlink.Netmask;

namespace FastTun.Linux.Tun;

/// <content>
/// Addresses and routes: lists of them, and the one IPv4 address, destination and netmask of the classic interface
/// requests.
/// </content>
public sealed partial class TunDevice
{
    private IPAddress? _laterDestination;
    private IPAddress? _laterNetmask;

    /// <summary>
    /// The interface's addresses, of each family first the one that the host sends from. Setting them makes them
    /// exactly these, or on a refusal leaves them as they were; what is so already is not touched.
    /// </summary>
    /// <exception cref="ArgumentException">An address is there twice; nothing was touched.</exception>
    /// <exception cref="LinuxException">The kernel refused one.</exception>
    public IReadOnlyList<InterfaceAddress> Addresses
    {
        get => Ask(session => session.Routes.GetAddresses(session.Link.Index));
        set => Configure(new LinkConfiguration { Addresses = value });
    }

    /// <summary>
    /// The interface's unicast routes, also those that the kernel made for its addresses. Setting them makes them
    /// exactly these besides the kernel's, or on a refusal leaves them as they were.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A destination is there twice with one metric; nothing was touched.
    /// </exception>
    /// <exception cref="LinuxException">The kernel refused one. ENETDOWN: the interface is down.</exception>
    public IReadOnlyList<InterfaceRoute> Routes
    {
        get => Ask(session => session.Routes.GetRoutes(session.Link.Index, table: null));
        set => Configure(new LinkConfiguration { Routes = value });
    }

    /// <summary>
    /// The first IPv4 address; null where there is none. Setting it keeps destination and netmask; without either it
    /// gets a prefix of /32 and so no network, on a TAP too. Setting null takes it away, with destination and netmask.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// No interface can have it: it is IPv6, multicast, broadcast or unspecified.
    /// </exception>
    /// <exception cref="LinuxException">The kernel refused it.</exception>
    public IPAddress? Address
    {
        get => Primary()?.Address;
        set
        {
            CheckIpv4(value, nameof(Address));
            int laterLength = Mask.ToPrefixLength(_laterNetmask ?? IPAddress.Broadcast);
            SetPrimary(primary => (value, primary) switch
            {
                (null, _) => null,
                (_, null) => new InterfaceAddress(value, laterLength, _laterDestination),
                _ => new InterfaceAddress(value, primary.PrefixLength, primary.Peer),
            });
        }
    }

    /// <summary>
    /// The other end of the link, that the first IPv4 address names; null where it names none. The netmask then counts
    /// for this end: its network is routed to the device. Set before there is an address it waits for one.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// No interface can have it: it is IPv6, multicast, broadcast or unspecified.
    /// </exception>
    /// <exception cref="LinuxException">The kernel refused it.</exception>
    public IPAddress? Destination
    {
        get => Primary() is { } primary ? primary.Peer : _laterDestination;
        set
        {
            CheckIpv4(value, nameof(Destination));
            if (!SetPrimary(old => old is null ? null : new InterfaceAddress(old.Address, old.PrefixLength, value)))
                _laterDestination = value;
        }
    }

    /// <summary>
    /// The mask of the first IPv4 address; null where there is none. Set before there is an address it waits for one.
    /// Null means 255.255.255.255.
    /// </summary>
    /// <exception cref="FormatException">It is no mask: IPv6, or with a one behind a zero.</exception>
    /// <exception cref="LinuxException">The kernel refused it.</exception>
    public IPAddress? Netmask
    {
        get => Primary() is { } primary ? Mask.FromPrefixLength(primary.PrefixLength) : _laterNetmask;
        set
        {
            int length = Mask.ToPrefixLength(value ?? IPAddress.Broadcast);
            if (!SetPrimary(old => old is null ? null : new InterfaceAddress(old.Address, length, old.Peer)))
                _laterNetmask = value;
        }
    }

    private static bool IsIpv4(InterfaceAddress address) => address.Address.AddressFamily == AddressFamily.InterNetwork;

    // Also what has to wait for an address is refused at once.
    private static void CheckIpv4(IPAddress? end, string property)
    {
        if (end is null)
            return;
        if (end.AddressFamily != AddressFamily.InterNetwork)
            throw new ArgumentException($"{property} {end}: it is IPv4; IPv6 goes into Addresses", property);
        _ = new InterfaceAddress(end, 32);
    }

    private InterfaceAddress? Primary() => Addresses.FirstOrDefault(IsIpv4);

    /// <summary>Replaces the first IPv4 address and leaves the others.</summary>
    /// <param name="change">From what it is, or null, to what it shall be, or null.</param>
    /// <returns>Whether there is an address now.</returns>
    private bool SetPrimary(Func<InterfaceAddress?, InterfaceAddress?> change)
    {
        using var session = new LinkSession(Control);
        IReadOnlyList<InterfaceAddress> before = session.Routes.GetAddresses(session.Link.Index);
        InterfaceAddress? old = before.FirstOrDefault(IsIpv4);
        InterfaceAddress? primary = change(old);
        if (primary == old)
            return primary is not null;
        IEnumerable<InterfaceAddress> others = before.Where(address => address != old);
        LinkConfigurator.Apply(session.Routes, session.Link.Index, new LinkConfiguration
        {
            Addresses = primary is null ? [.. others] : [primary, .. others],
        });
        (_laterDestination, _laterNetmask) = (null, null);
        return primary is not null;
    }

    private void Configure(LinkConfiguration wanted)
    {
        using var session = new LinkSession(Control);
        LinkConfigurator.Apply(session.Routes, session.Link.Index, wanted);
    }
}
