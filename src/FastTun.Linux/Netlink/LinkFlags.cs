using System.Diagnostics.CodeAnalysis;
using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>What an interface is and does (the IFF_ flags of netdevice(7)).</summary>
[Flags]
[SuppressMessage("Naming", "CA1711", Justification = "Flags is what netdevice(7) calls them.")]
public enum LinkFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Brought up by its administrator.</summary>
    Up = NetIf.IFF_UP,
    /// <summary>Has a broadcast address.</summary>
    Broadcast = NetIf.IFF_BROADCAST,
    /// <summary>Is a loopback.</summary>
    Loopback = NetIf.IFF_LOOPBACK,
    /// <summary>Has one peer and needs no addressing on the link; a TUN is this.</summary>
    PointToPoint = NetIf.IFF_POINTOPOINT,
    /// <summary>Up and able to carry packets.</summary>
    Running = NetIf.IFF_RUNNING,
    /// <summary>Asks for no link addresses by ARP.</summary>
    NoArp = NetIf.IFF_NOARP,
    /// <summary>Receives what is not addressed to it.</summary>
    Promiscuous = NetIf.IFF_PROMISC,
    /// <summary>Receives every multicast.</summary>
    AllMulticast = NetIf.IFF_ALLMULTI,
    /// <summary>Can carry multicast.</summary>
    Multicast = NetIf.IFF_MULTICAST,
    /// <summary>The layer below is up: there is a carrier.</summary>
    LowerUp = NetIf.IFF_LOWER_UP,
    /// <summary>Waits for something before it carries packets.</summary>
    Dormant = NetIf.IFF_DORMANT,
}
