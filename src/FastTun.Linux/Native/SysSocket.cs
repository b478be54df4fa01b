namespace FastTun.Linux.Native;

/// <summary>What sys/socket.h defines, as constants to switch on.</summary>
internal static class SysSocket
{
    public const byte AF_UNSPEC = 0;
    public const byte AF_INET = 2;
    public const byte AF_INET6 = 10;
}
