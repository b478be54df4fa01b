using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Sockets;

/// <summary>How a datagram socket is set up. What is null is left to the system.</summary>
public sealed record DatagramSocketOptions
{
    /// <summary>
    /// How much the kernel holds of what was sent and has not left yet, in bytes (SO_SNDBUF). Beyond the system's limit it
    /// takes CAP_NET_ADMIN; without it the limit is what the socket gets.
    /// </summary>
    public int? SendBufferBytes { get; init; }

    /// <summary>
    /// How much the kernel holds of what was received and not read yet, in bytes (SO_RCVBUF); limits as above.
    /// </summary>
    public int? ReceiveBufferBytes { get; init; }

    /// <summary>
    /// Whether several sockets, each opened so, share one address and port (SO_REUSEPORT): the kernel then gives each flow
    /// to one of them, by hash.
    /// </summary>
    public bool SharePort { get; init; }

    /// <summary>
    /// Cuts what is sent into datagrams of this payload, in bytes, as late as possible (UDP_SEGMENT, Linux 4.18): up to 64
    /// of them cross the stack as one packet. Only the last may be shorter.
    /// </summary>
    public int? SegmentBytes { get; init; }

    internal void ApplyTo(FileDescriptor socket)
    {
        if (SharePort)
            Set(socket, LibC.SOL_SOCKET, LibC.SO_REUSEPORT, 1).OrThrow("setsockopt SO_REUSEPORT");
        if (SegmentBytes is { } segment)
            Set(socket, SocketOptions.SOL_UDP, SocketOptions.UDP_SEGMENT, segment)
                .OrThrow("setsockopt UDP_SEGMENT", $"{segment} bytes");
        if (SendBufferBytes is { } send && !Set(socket, LibC.SOL_SOCKET, LibC.SO_SNDBUFFORCE, send).IsSuccess)
            Set(socket, LibC.SOL_SOCKET, LibC.SO_SNDBUF, send).OrThrow("setsockopt SO_SNDBUF", $"{send} bytes");
        if (ReceiveBufferBytes is { } receive && !Set(socket, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, receive).IsSuccess)
            Set(socket, LibC.SOL_SOCKET, LibC.SO_RCVBUF, receive).OrThrow("setsockopt SO_RCVBUF", $"{receive} bytes");
    }

    private static unsafe SysResult Set(FileDescriptor socket, int level, int option, int value) =>
        SysResult.FromReturn(LibC.setsockopt(socket.Number, level, option, &value, sizeof(int)));
}
