namespace FastTun.Linux.Native;

/// <summary>What linux/if_addr.h defines, as far as it is used here.</summary>
internal static class IfAddr
{
    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;
    public const ushort IFA_BROADCAST = 4;
    public const ushort IFA_FLAGS = 8;

    public const uint IFA_F_NODAD = 0x02;
}

/// <summary>The fixed part of an address message.</summary>
internal struct ifaddrmsg
{
    public byte ifa_family;
    public byte ifa_prefixlen;
    public byte ifa_flags;
    public byte ifa_scope;
    public uint ifa_index;
}
