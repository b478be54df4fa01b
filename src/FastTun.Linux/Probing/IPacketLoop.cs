namespace FastTun.Linux.Probing;

/// <summary>
/// Something that gives back what is written to it, finished: a kernel that routes, or a test's make-believe of one.
/// </summary>
public interface IPacketLoop
{
    /// <summary>Writes one packet.</summary>
    /// <param name="packet">A virtio_net_hdr of ten bytes and the packet.</param>
    /// <returns>What the kernel answered.</returns>
    SysResult TryWrite(ReadOnlySpan<byte> packet);

    /// <summary>Takes what came back.</summary>
    /// <param name="buffer">Receives a virtio_net_hdr of ten bytes and a packet.</param>
    /// <returns>Their bytes, or 0 where nothing came.</returns>
    int Read(Span<byte> buffer);
}
