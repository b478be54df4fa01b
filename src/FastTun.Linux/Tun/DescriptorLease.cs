namespace FastTun.Linux.Tun;

/// <summary>
/// Keeps a descriptor open for as long as a thread uses its number, whoever disposes of it meanwhile: the number cannot
/// come to mean another file. Costs an interlocked operation each way, so a worker that owns its queue does without.
/// </summary>
internal readonly ref struct DescriptorLease : IDisposable
{
    private readonly FileDescriptor _descriptor;

    /// <summary>Takes the lease.</summary>
    /// <exception cref="ObjectDisposedException">The descriptor is closed.</exception>
    public DescriptorLease(FileDescriptor descriptor)
    {
        bool held = false;
        descriptor.DangerousAddRef(ref held);
        _descriptor = descriptor;
    }

    /// <summary>Gives it back; the descriptor closes now if it was disposed of meanwhile.</summary>
    public void Dispose() => _descriptor.DangerousRelease();
}
