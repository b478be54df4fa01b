namespace FastTun.Linux.Sockets;

/// <summary>How a datagram socket is set up. What is null is left to the system.</summary>
public sealed record DatagramSocketOptions
{
    /// <summary>
    /// How much the kernel holds of what was sent and has not left yet, in bytes (SO_SNDBUF). Beyond the system's limit it
    /// takes CAP_NET_ADMIN; without it the limit is what the socket gets.
    /// </summary>
    public int? SendBufferBytes { get; init; }

    /// <summary>How much the kernel holds of what was received and not read yet, in bytes (SO_RCVBUF); limits as above.</summary>
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
}
