namespace FastTun.Linux.Tun;

/// <summary>
/// The unfinished packets that a device may be given, by the numbers of TUNSETOFFLOAD (TUN_F_ in linux/if_tun.h). All but the
/// checksum need the checksum too, and the two kinds of USO each other.
/// </summary>
[Flags]
public enum TunOffloads
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Packets whose transport checksum is not computed yet.</summary>
    Checksum = 0x01,

    /// <summary>TCP over IPv4, several segments in one packet.</summary>
    Tso4 = 0x02,

    /// <summary>TCP over IPv6, several segments in one packet.</summary>
    Tso6 = 0x04,

    /// <summary>Such segments with explicit congestion notification.</summary>
    TsoEcn = 0x08,

    /// <summary>UDP to be fragmented. Linux sends no such packets since 4.14.</summary>
    Ufo = 0x10,

    /// <summary>UDP over IPv4, several datagrams in one packet. Since Linux 6.2, and older headers do not know it.</summary>
    Uso4 = 0x20,

    /// <summary>UDP over IPv6, several datagrams in one packet. Since Linux 6.2.</summary>
    Uso6 = 0x40,

    /// <summary>Segments inside a UDP tunnel. Since Linux 6.17.</summary>
    UdpTunnel = 0x80,

    /// <summary>Segments inside a UDP tunnel that has a checksum itself. Since Linux 6.17.</summary>
    UdpTunnelChecksum = 0x100,
}
