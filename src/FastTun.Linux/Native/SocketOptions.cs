namespace FastTun.Linux.Native;

/// <summary>Socket options that Tmds.LibC lacks (netinet/udp.h, linux/sock_diag.h).</summary>
internal static class SocketOptions
{
    public const int SOL_UDP = 17;
    public const int UDP_SEGMENT = 103;

    public const int SK_MEMINFO_DROPS = 8;
    public const int SK_MEMINFO_VARS = 9;
}
