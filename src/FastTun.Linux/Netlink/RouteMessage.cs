using System.Net;
using System.Runtime.InteropServices;
using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>
/// A unicast route as the kernel listed it, with the bytes that make it again (as <c>ip route restore</c> does).
/// </summary>
/// <param name="Route">What it says; null where it is more than an <see cref="InterfaceRoute"/> can say.</param>
/// <param name="Protocol">Who made it.</param>
/// <param name="HasGateway">Whether it depends on another route, to its gateway.</param>
/// <param name="Payload">The message.</param>
internal sealed record ListedRoute(InterfaceRoute? Route, byte Protocol, bool HasGateway, byte[] Payload)
{
    /// <summary>Whether it came by itself, from an address or from what a router announced.</summary>
    public bool IsKernels => Protocol is Rtnetlink.RTPROT_KERNEL or Rtnetlink.RTPROT_REDIRECT or Rtnetlink.RTPROT_RA;

    /// <summary>
    /// Whether both listings are of one route. One that cannot be said is compared as it was sent, times and all.
    /// </summary>
    public bool IsSame(ListedRoute other) => Protocol == other.Protocol && Equals(Route, other.Route)
        && (Route is not null || Payload.AsSpan().SequenceEqual(other.Payload));
}

/// <summary>Routes to and from the kernel's messages.</summary>
internal static class RouteMessage
{
    /// <summary>Writes a route to make.</summary>
    public static void Write(ref NetlinkWriter writer, int index, InterfaceRoute route)
    {
        // A destination on the link must say so, or the kernel would not take it for a gateway's network. IPv6 has
        // none.
        bool isOnLink = route.Gateway is null && AddressText.IsIpv4(route.Destination.BaseAddress);
        var header = new rtmsg
        {
            rtm_type = Rtnetlink.RTN_UNICAST,
            rtm_protocol = Rtnetlink.RTPROT_STATIC,
            rtm_scope = isOnLink ? Rtnetlink.RT_SCOPE_LINK : Rtnetlink.RT_SCOPE_UNIVERSE,
        };
        Write(ref writer, index, route, header);
    }

    /// <summary>Writes a route to delete, whoever made it.</summary>
    public static void WriteAny(ref NetlinkWriter writer, int index, InterfaceRoute route) =>
        Write(ref writer, index, route, new rtmsg { rtm_scope = Rtnetlink.RT_SCOPE_NOWHERE });

    /// <summary>Reads a unicast route; null where it is of another kind or of another interface.</summary>
    public static ListedRoute? Read(int index, ReadOnlySpan<byte> payload)
    {
        var reader = new NetlinkReader(payload);
        rtmsg header = reader.ReadFixed<rtmsg>();
        if (header.rtm_family is not (SysSocket.AF_INET or SysSocket.AF_INET6) || header.rtm_type != Rtnetlink.RTN_UNICAST
            || (header.rtm_flags & Rtnetlink.RTM_F_CLONED) != 0)
        {
            return null;
        }

        // Routes by source or type of service, over a nexthop object or a gateway of the other family are more than we
        // say.
        bool isPlain = header is { rtm_src_len: 0, rtm_tos: 0 };
        IPAddress destination = header.rtm_family == SysSocket.AF_INET ? IPAddress.Any : IPAddress.IPv6Any;
        IPAddress? gateway = null;
        uint table = header.rtm_table, metric = 0;
        int interfaceIndex = 0;
        while (reader.TryReadAttribute(out ushort type, out ReadOnlySpan<byte> value))
        {
            isPlain &= type is not (Rtnetlink.RTA_VIA or Rtnetlink.RTA_NH_ID);
            if (type == Rtnetlink.RTA_DST)
                destination = NetlinkReader.Address(value);
            else if (type == Rtnetlink.RTA_GATEWAY)
                gateway = NetlinkReader.Address(value);
            else if (type == Rtnetlink.RTA_OIF)
                interfaceIndex = NetlinkReader.Number<int>(value);
            else if (type == Rtnetlink.RTA_PRIORITY)
                metric = NetlinkReader.Number<uint>(value);
            else if (type == Rtnetlink.RTA_TABLE)
                table = NetlinkReader.Number<uint>(value);
        }

        // A route over several gateways has no interface of its own here (RTA_OIF), and is none of this one's.
        if (interfaceIndex != index || AddressText.IsMulticast(destination))
            return null;
        int length = Math.Min((int)header.rtm_dst_len, AddressText.Bits(destination));
        var network = new IPNetwork(AddressText.Network(destination, length), length);
        isPlain = isPlain && InterfaceRoute.Problem(network, gateway, table) is null;
        InterfaceRoute? route = isPlain ? new InterfaceRoute(network, gateway, metric, table) : null;
        byte[] restorable = payload.ToArray();

        // The other flags tell how the nexthop fares (RTNH_F_DEAD, RTNH_F_LINKDOWN), and no request may hold them.
        MemoryMarshal.AsRef<rtmsg>(restorable.AsSpan()).rtm_flags &= Rtnetlink.RTNH_F_ONLINK;
        return new ListedRoute(route, header.rtm_protocol, gateway is not null || !isPlain, restorable);
    }

    private static void Write(ref NetlinkWriter writer, int index, InterfaceRoute route, rtmsg header)
    {
        header.rtm_family = AddressText.IsIpv4(route.Destination.BaseAddress) ? SysSocket.AF_INET : SysSocket.AF_INET6;
        header.rtm_dst_len = (byte)route.Destination.PrefixLength;

        // The header has 8 bits for the table; the attribute is what counts where it needs more.
        header.rtm_table = route.Table <= byte.MaxValue ? (byte)route.Table : Rtnetlink.RT_TABLE_COMPAT;
        writer.Fixed(header);
        writer.Address(Rtnetlink.RTA_DST, route.Destination.BaseAddress);
        writer.UInt32(Rtnetlink.RTA_OIF, (uint)index);
        writer.UInt32(Rtnetlink.RTA_TABLE, route.Table);
        writer.UInt32(Rtnetlink.RTA_PRIORITY, route.Metric);
        if (route.Gateway is not null)
            writer.Address(Rtnetlink.RTA_GATEWAY, route.Gateway);
    }
}
