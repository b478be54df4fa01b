using System.Runtime.InteropServices;

namespace FastTun.Linux.Native;

/// <summary>
/// The argument of TUNSETIFF, TUNGETIFF and TUNSETQUEUE (netdevice(7)). The kernel copies all 40 bytes whichever member
/// of the union a request uses, so a shorter struct would let it write past the end.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct ifreq
{
    [FieldOffset(0)]
    public fixed byte ifr_name[NetIf.IFNAMSIZ];

    [FieldOffset(16)]
    public short ifr_flags;
}
