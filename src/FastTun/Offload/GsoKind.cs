namespace FastTun.Offload;

/// <summary>
/// How a super-packet is to be cut into segments (generic segmentation offload); the values are virtio-net's. UFO (3,
/// IP fragments instead of datagrams) and segmentation inside UDP tunnels are not among them: nobody asks the kernel
/// for those.
/// </summary>
internal enum GsoKind : byte
{
    /// <summary>Not at all: it is one packet.</summary>
    None = 0,

    /// <summary>VIRTIO_NET_HDR_GSO_TCPV4: TCP segments over IPv4.</summary>
    Tcp4 = 1,

    /// <summary>VIRTIO_NET_HDR_GSO_TCPV6: TCP segments over IPv6.</summary>
    Tcp6 = 4,

    /// <summary>VIRTIO_NET_HDR_GSO_UDP_L4: UDP datagrams, over either.</summary>
    Udp = 5,
}
