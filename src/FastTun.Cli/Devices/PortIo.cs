namespace FastTun.Cli.Devices;

/// <summary>How a port waits for packets and moves them.</summary>
internal enum PortIo
{
    /// <summary>What is best on this machine.</summary>
    Auto,

    /// <summary>epoll(7), and a system call a packet.</summary>
    Epoll,
}
