using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <content>Addresses.</content>
public sealed partial class RouteSocket
{
    /// <summary>
    /// Lists an interface's addresses: IPv4 with the primary one first, then IPv6 with the link-local one.
    /// </summary>
    /// <param name="index">Its number.</param>
    /// <exception cref="LinuxException">There is no such interface.</exception>
    public IReadOnlyList<InterfaceAddress> GetAddresses(int index) =>
        [.. ListAddresses(index).Select(listed => listed.Address)];

    /// <summary>
    /// Gives an interface one more address. An IPv6 address is usable at once: it is not probed for duplicates.
    /// </summary>
    /// <param name="index">Its number.</param>
    /// <param name="address">An address that it does not have yet.</param>
    /// <exception cref="LinuxException">EEXIST: it has it. Or the kernel refused it.</exception>
    public void AddAddress(int index, InterfaceAddress address) =>
        SendAddress(NetlinkAbi.NLM_F_CREATE | NetlinkAbi.NLM_F_EXCL, index, address);

    /// <summary>Gives an interface an address, or leaves it where the interface has it already.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="address">Any address.</param>
    /// <exception cref="LinuxException">The kernel refused it.</exception>
    public void ReplaceAddress(int index, InterfaceAddress address) =>
        SendAddress(NetlinkAbi.NLM_F_CREATE | NetlinkAbi.NLM_F_REPLACE, index, address);

    /// <summary>
    /// Takes an address from an interface. With the first IPv4 address of a network the kernel takes the others of that
    /// network too (unless its sysctl promote_secondaries says otherwise).
    /// </summary>
    /// <param name="index">Its number.</param>
    /// <param name="address">An address that it has, with the same peer and prefix length.</param>
    /// <exception cref="LinuxException">EADDRNOTAVAIL: it does not have it.</exception>
    public void DeleteAddress(int index, InterfaceAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        NetlinkWriter request = Request(Rtnetlink.RTM_DELADDR, NetlinkAbi.NLM_F_ACK);
        AddressMessage.Write(ref request, index, address);
        Change(request, index, address.ToString());
    }

    internal List<ListedAddress> ListAddresses(int index)
    {
        GetLink(index);
        List<ListedAddress> all = [];
        foreach (byte family in (ReadOnlySpan<byte>)[SysSocket.AF_INET, SysSocket.AF_INET6])
        {
            NetlinkWriter request = Request(Rtnetlink.RTM_GETADDR, NetlinkAbi.NLM_F_DUMP);

            // Of one interface's addresses alone the kernel does not tell when they change while they are listed.
            request.Fixed(new ifaddrmsg { ifa_family = family });
            all.AddRange(Dump(request, Rtnetlink.RTM_NEWADDR, Label(index), payload => AddressMessage.Read(index, payload)));
        }

        return all;
    }

    /// <summary>Makes an address again as it was listed.</summary>
    internal void RestoreAddress(int index, ListedAddress address)
    {
        NetlinkWriter request = Request(
            Rtnetlink.RTM_NEWADDR, NetlinkAbi.NLM_F_ACK | NetlinkAbi.NLM_F_CREATE | NetlinkAbi.NLM_F_REPLACE);
        request.Raw(address.Payload);
        Change(request, index, address.Address.ToString());
    }

    private void SendAddress(int flags, int index, InterfaceAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        NetlinkWriter request = Request(Rtnetlink.RTM_NEWADDR, (ushort)(NetlinkAbi.NLM_F_ACK | flags));
        AddressMessage.Write(ref request, index, address);
        Change(request, index, address.ToString());
    }
}
