using FastTun.Linux.Native;

namespace FastTun.Linux.Tun;

/// <summary>
/// What the host may leave undone in the packets it gives (TUNSETOFFLOAD); the virtio_net_hdr before each packet says
/// what was. Of writing it says nothing: every device with that header takes unfinished packets.
/// </summary>
[Flags]
public enum TunOffloads
{
    /// <summary>Every packet is finished: its checksums are there, and it is no longer than the MTU.</summary>
    None = 0,

    /// <summary>TCP and UDP checksums that cover the pseudo-header alone. All others need it.</summary>
    Checksum = (int)IfTun.TUN_F_CSUM,

    /// <summary>TCP over IPv4 in packets of up to 64 KiB, to be cut into segments.</summary>
    Tcp4 = (int)IfTun.TUN_F_TSO4,

    /// <summary>TCP over IPv6 in packets of up to 64 KiB, to be cut into segments.</summary>
    Tcp6 = (int)IfTun.TUN_F_TSO6,

    /// <summary>Long TCP packets also with CWR set, which only the first segment keeps (RFC 3168).</summary>
    TcpEcn = (int)IfTun.TUN_F_TSO_ECN,

    /// <summary>UDP to be fragmented. Linux sends no such packets since 4.14.</summary>
    UdpFragmentation = (int)IfTun.TUN_F_UFO,

    /// <summary>UDP over IPv4 in packets of up to 64 KiB, to be cut into datagrams. Linux 6.2, with Udp6 alone.</summary>
    Udp4 = (int)IfTun.TUN_F_USO4,

    /// <summary>UDP over IPv6 in packets of up to 64 KiB, to be cut into datagrams. Linux 6.2, with Udp4 alone.</summary>
    Udp6 = (int)IfTun.TUN_F_USO6,

    /// <summary>Segments inside a UDP tunnel. Linux 6.17, with longer headers only: never asked for.</summary>
    UdpTunnel = (int)IfTun.TUN_F_UDP_TUNNEL_GSO,

    /// <summary>All of TCP.</summary>
    Tcp = Tcp4 | Tcp6 | TcpEcn,

    /// <summary>All of UDP.</summary>
    Udp = Udp4 | Udp6,

    /// <summary>Everything that is asked for.</summary>
    All = Checksum | Tcp | Udp,
}
