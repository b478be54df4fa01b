using System.Text;
using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Tun;

/// <summary>The TUN driver's requests (Documentation/networking/tuntap.rst), each a call that answers with its errno.</summary>
internal static unsafe class TunIoctl
{
    /// <summary>TUNSETIFF: makes the device or joins it, with one queue.</summary>
    public static SysResult SetInterface(FileDescriptor queue, string name, int flags)
    {
        ifreq request = default;
        Encoding.UTF8.GetBytes(name, new Span<byte>(request.ifr_name, ifreq.IFNAMSIZ - 1));
        request.ifr_flags = (short)flags;
        return Call(queue, IfTun.TUNSETIFF, &request);
    }

    /// <summary>TUNGETIFF: the device's present name and flags.</summary>
    public static SysResult GetInterface(FileDescriptor queue, out string name, out int flags)
    {
        ifreq request = default;
        SysResult result = Call(queue, IfTun.TUNGETIFF, &request);
        var bytes = new ReadOnlySpan<byte>(request.ifr_name, ifreq.IFNAMSIZ);
        int end = bytes.IndexOf((byte)0);
        name = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        flags = (ushort)request.ifr_flags;
        return result;
    }

    // Tmds.LibC takes the request as an int, and the kernel looks at its 32 bits whatever their sign.
    private static SysResult Call(FileDescriptor queue, uint request, void* argument) =>
        SysResult.FromReturn(LibC.ioctl(queue.Number, unchecked((int)request), argument));
}
