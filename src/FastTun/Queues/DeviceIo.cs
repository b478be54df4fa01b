using FastTun.Linux.Tun;

namespace FastTun.Queues;

/// <summary>The kinds of <see cref="IDeviceIo"/>.</summary>
internal static class DeviceIo
{
    /// <summary>Makes one.</summary>
    /// <param name="queue">What it reads and writes.</param>
    /// <param name="io">Which kind.</param>
    public static IDeviceIo For(TunQueue queue, QueueIo io) =>
        io == QueueIo.IoUring ? new RingIo(queue) : new DirectIo(queue);
}
