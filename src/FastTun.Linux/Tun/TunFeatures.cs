using FastTun.Linux.Native;

namespace FastTun.Linux.Tun;

/// <summary>What this kernel's TUN driver can do (TUNGETFEATURES).</summary>
[Flags]
public enum TunFeatures
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Devices that carry IP packets.</summary>
    Tun = IfTun.IFF_TUN,

    /// <summary>Devices that carry Ethernet frames.</summary>
    Tap = IfTun.IFF_TAP,

    /// <summary>Writes that enter the stack through NAPI.</summary>
    Napi = IfTun.IFF_NAPI,

    /// <summary>The same with frames in fragments; TAP only.</summary>
    NapiFragments = IfTun.IFF_NAPI_FRAGS,

    /// <summary>Devices that are made without a carrier.</summary>
    NoCarrier = IfTun.IFF_NO_CARRIER,

    /// <summary>Several queues to a device.</summary>
    MultiQueue = IfTun.IFF_MULTI_QUEUE,

    /// <summary>Packets without the four bytes of packet information.</summary>
    NoPacketInformation = IfTun.IFF_NO_PI,

    /// <summary>Has meant nothing since Linux 3.8.</summary>
    OneQueue = IfTun.IFF_ONE_QUEUE,

    /// <summary>A virtio_net_hdr before each packet, which offloads need.</summary>
    VirtioNetHeader = IfTun.IFF_VNET_HDR,
}
