using System.Net;
using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>
/// An address as the kernel listed it, with the bytes that make it again (as <c>ip address restore</c> does).
/// </summary>
internal sealed record ListedAddress(InterfaceAddress Address, byte[] Payload);

/// <summary>Addresses to and from the kernel's messages.</summary>
internal static class AddressMessage
{
    public static void Write(ref NetlinkWriter writer, int index, InterfaceAddress address)
    {
        bool isIpv4 = AddressText.IsIpv4(address.Address);
        writer.Fixed(new ifaddrmsg
        {
            ifa_family = isIpv4 ? SysSocket.AF_INET : SysSocket.AF_INET6,
            ifa_prefixlen = (byte)address.PrefixLength,
            ifa_index = (uint)index,
        });
        writer.Address(IfAddr.IFA_LOCAL, address.Address);
        writer.Address(IfAddr.IFA_ADDRESS, address.Peer ?? address.Address);
        if (address.Broadcast is not null)
            writer.Address(IfAddr.IFA_BROADCAST, address.Broadcast);

        // Nobody on the link could answer a duplicate's probe, and until it is over the address could not be used
        // (RFC 4862, section 5.4).
        if (!isIpv4)
            writer.UInt32(IfAddr.IFA_FLAGS, IfAddr.IFA_F_NODAD);
    }

    /// <summary>
    /// Reads an address; null where it is another interface's or not of a family that is spoken here.
    /// </summary>
    public static ListedAddress? Read(int index, ReadOnlySpan<byte> payload)
    {
        var reader = new NetlinkReader(payload);
        ifaddrmsg header = reader.ReadFixed<ifaddrmsg>();
        if (header.ifa_index != index || header.ifa_family is not (SysSocket.AF_INET or SysSocket.AF_INET6))
            return null;
        IPAddress? local = null, address = null, broadcast = null;
        while (reader.TryReadAttribute(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IfAddr.IFA_LOCAL)
                local = NetlinkReader.Address(value);
            else if (type == IfAddr.IFA_ADDRESS)
                address = NetlinkReader.Address(value);
            else if (type == IfAddr.IFA_BROADCAST)
                broadcast = NetlinkReader.Address(value);
        }

        // IPv6 leaves the local address out where there is no peer, IPv4 repeats it.
        if ((local ?? address) is not { } own)
            return null;
        InterfaceAddress read = InterfaceAddress.FromKernel(own, header.ifa_prefixlen, address, broadcast);
        return new ListedAddress(read, payload.ToArray());
    }
}
