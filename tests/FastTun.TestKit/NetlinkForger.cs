using FastTun.Linux;
using Tmds.Linux;

namespace FastTun.TestKit;

/// <summary>
/// A process of the same namespace that sends to other people's netlink sockets, as any may that is root there.
/// </summary>
public static unsafe class NetlinkForger
{
    private const int AddressBytes = 12;

    /// <summary>Sends a datagram to a netlink socket of the calling thread's namespace.</summary>
    public static void Send(FileDescriptor target, ReadOnlySpan<byte> datagram)
    {
        byte* address = stackalloc byte[AddressBytes];
        socklen_t length = AddressBytes;
        Check(LibC.getsockname(target.Number, (sockaddr*)address, &length));
        using var sender = new FileDescriptor(LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, 0));
        Check(sender.Number);
        fixed (byte* data = datagram)
            Check((int)LibC.sendto(sender.Number, data, datagram.Length, 0, (sockaddr*)address, length));
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw new LinuxException("forging", null, (Errno)LibC.errno);
    }
}
