using System.Net.NetworkInformation;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>Links to and from the kernel's messages.</summary>
internal static class LinkMessage
{
    public static void Write(ref NetlinkWriter writer, int index, LinkChanges changes)
    {
        var header = new ifinfomsg { ifi_index = index };
        if (changes.Up is { } up)
        {
            header.ifi_change = NetIf.IFF_UP;
            header.ifi_flags = up ? NetIf.IFF_UP : 0;
        }

        writer.Fixed(header);
        if (changes.Namespace is { } ns)
            writer.UInt32(IfLink.IFLA_NET_NS_FD, (uint)ns.Descriptor.Number);
        if (changes.HardwareAddress is { } address)
            writer.Attribute(IfLink.IFLA_ADDRESS, address.GetAddressBytes());
        if (changes.Mtu is { } mtu)
            writer.UInt32(IfLink.IFLA_MTU, (uint)mtu);
        if (changes.Name is { } name)
            writer.Text(IfLink.IFLA_IFNAME, name);
        if (changes.TransmitQueueLength is { } length)
            writer.UInt32(IfLink.IFLA_TXQLEN, (uint)length);
    }

    public static LinkInfo Read(ReadOnlySpan<byte> payload)
    {
        var reader = new NetlinkReader(payload);
        ifinfomsg header = reader.ReadFixed<ifinfomsg>();
        var link = new LinkInfo { Index = header.ifi_index, Name = "", Flags = (LinkFlags)header.ifi_flags };
        while (reader.TryReadAttribute(out ushort type, out ReadOnlySpan<byte> value))
        {
            link = type switch
            {
                IfLink.IFLA_IFNAME => link with { Name = NetlinkReader.Text(value) },
                IfLink.IFLA_MTU => link with { Mtu = NetlinkReader.Number<int>(value) },
                IfLink.IFLA_MIN_MTU => link with { MinMtu = NetlinkReader.Number<int>(value) },
                IfLink.IFLA_MAX_MTU => link with { MaxMtu = NetlinkReader.Number<int>(value) },
                IfLink.IFLA_TXQLEN => link with { TransmitQueueLength = NetlinkReader.Number<int>(value) },
                IfLink.IFLA_ADDRESS => link with { HardwareAddress = new PhysicalAddress(value.ToArray()) },
                IfLink.IFLA_OPERSTATE => link with { OperationalState = NetlinkReader.Number<OperationalState>(value) },
                IfLink.IFLA_CARRIER => link with { HasCarrier = NetlinkReader.Number<byte>(value) != 0 },
                IfLink.IFLA_STATS64 => link with { Statistics = ReadStatistics(value) },
                IfLink.IFLA_LINKINFO => ReadKind(link, value),
                _ => link,
            };
        }

        return link;
    }

    /// <summary>Whether the message that a link went away says that it moved to another namespace.</summary>
    public static bool SaysMoved(ReadOnlySpan<byte> payload)
    {
        var reader = new NetlinkReader(payload);
        reader.ReadFixed<ifinfomsg>();
        while (reader.TryReadAttribute(out ushort type, out _))
            if (type == IfLink.IFLA_NEW_NETNSID)
                return true;
        return false;
    }

    private static LinkStatistics ReadStatistics(ReadOnlySpan<byte> value)
    {
        Span<byte> room = stackalloc byte[Unsafe.SizeOf<rtnl_link_stats64>()];
        room.Clear();
        value[..Math.Min(value.Length, room.Length)].CopyTo(room);
        return new LinkStatistics(MemoryMarshal.Read<rtnl_link_stats64>(room));
    }

    private static LinkInfo ReadKind(LinkInfo link, ReadOnlySpan<byte> nested)
    {
        var reader = new NetlinkReader(nested);
        while (reader.TryReadAttribute(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == IfLink.IFLA_INFO_KIND)
                link = link with { Kind = NetlinkReader.Text(value) };
            else if (type == IfLink.IFLA_INFO_DATA && link.Kind == "tun")
                link = link with { Tun = ReadTun(value) };
        }

        return link;
    }

    private static TunLinkInfo ReadTun(ReadOnlySpan<byte> nested)
    {
        var reader = new NetlinkReader(nested);
        var tun = new TunLinkInfo();
        while (reader.TryReadAttribute(out ushort type, out ReadOnlySpan<byte> value))
        {
            tun = type switch
            {
                IfLink.IFLA_TUN_TYPE => tun with { IsTap = NetlinkReader.Number<byte>(value) == IfTun.IFF_TAP },
                IfLink.IFLA_TUN_OWNER => tun with { Owner = NetlinkReader.Number<uint>(value) },
                IfLink.IFLA_TUN_GROUP => tun with { Group = NetlinkReader.Number<uint>(value) },
                IfLink.IFLA_TUN_PI => tun with { HasPacketInformation = NetlinkReader.Number<byte>(value) != 0 },
                IfLink.IFLA_TUN_VNET_HDR => tun with { HasVirtioNetHeader = NetlinkReader.Number<byte>(value) != 0 },
                IfLink.IFLA_TUN_PERSIST => tun with { IsPersistent = NetlinkReader.Number<byte>(value) != 0 },
                IfLink.IFLA_TUN_MULTI_QUEUE => tun with { IsMultiQueue = NetlinkReader.Number<byte>(value) != 0 },
                IfLink.IFLA_TUN_NUM_QUEUES => tun with { Queues = NetlinkReader.Number<uint>(value) },
                IfLink.IFLA_TUN_NUM_DISABLED_QUEUES => tun with { DisabledQueues = NetlinkReader.Number<uint>(value) },
                _ => tun,
            };
        }

        return tun;
    }
}
