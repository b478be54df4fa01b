namespace FastTun.Linux.Native;

/// <summary>What linux/if_tun.h defines, as far as it is used here.</summary>
internal static class IfTun
{
    public const int IFF_TUN = 0x0001;
    public const int IFF_TAP = 0x0002;
    public const int IFF_NAPI = 0x0010;
    public const int IFF_NAPI_FRAGS = 0x0020;
    public const int IFF_NO_CARRIER = 0x0040;
    public const int IFF_MULTI_QUEUE = 0x0100;
    public const int IFF_ATTACH_QUEUE = 0x0200;
    public const int IFF_DETACH_QUEUE = 0x0400;
    public const int IFF_PERSIST = 0x0800;
    public const int IFF_NO_PI = 0x1000;
    public const int IFF_ONE_QUEUE = 0x2000;
    public const int IFF_VNET_HDR = 0x4000;
    public const int IFF_TUN_EXCL = 0x8000;

    public const uint TUN_F_CSUM = 0x01;
    public const uint TUN_F_TSO4 = 0x02;
    public const uint TUN_F_TSO6 = 0x04;
    public const uint TUN_F_TSO_ECN = 0x08;
    public const uint TUN_F_UFO = 0x10;
    public const uint TUN_F_USO4 = 0x20;
    public const uint TUN_F_USO6 = 0x40;
    public const uint TUN_F_UDP_TUNNEL_GSO = 0x80;

    public const uint TUNSETIFF = 0x400454ca;
    public const uint TUNSETPERSIST = 0x400454cb;
    public const uint TUNSETOWNER = 0x400454cc;
    public const uint TUNSETGROUP = 0x400454ce;
    public const uint TUNGETFEATURES = 0x800454cf;
    public const uint TUNSETOFFLOAD = 0x400454d0;
    public const uint TUNGETIFF = 0x800454d2;
    public const uint TUNSETVNETHDRSZ = 0x400454d8;
    public const uint TUNSETQUEUE = 0x400454d9;
    public const uint TUNSETSTEERINGEBPF = 0x800454e0;
    public const uint TUNSETCARRIER = 0x400454e2;
    public const uint TUNGETDEVNETNS = 0x54e3;
}
