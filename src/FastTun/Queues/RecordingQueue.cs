using FastTun.Batching;
using FastTun.Capture;
using FastTun.Linux;

namespace FastTun.Queues;

/// <summary>
/// Passes everything to another queue and records it: what was received, and what was sent without being refused. Of a port with
/// offloads it records what the host gives and takes: super-packets, and checksums that are yet to be computed.
/// </summary>
public sealed class RecordingQueue : IPacketQueue
{
    private readonly IPacketQueue _inner;
    private readonly PacketCapture _capture;
    private readonly int _interface;

    /// <summary>Wraps a queue and adds an interface to the recording.</summary>
    /// <param name="inner">The queue to pass to; disposed with this one.</param>
    /// <param name="capture">Where to record; it stays the caller's to dispose, after the engine.</param>
    /// <param name="name">What the interface is called in the recording.</param>
    /// <param name="linkLayer">What the packets begin with.</param>
    public RecordingQueue(IPacketQueue inner, PacketCapture capture, string name, LinkLayer linkLayer = LinkLayer.None)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(capture);
        _inner = inner;
        _capture = capture;
        _interface = capture.AddInterface(name, linkLayer);
    }

    /// <inheritdoc/>
    public FileDescriptor Readiness => _inner.Readiness;

    /// <inheritdoc/>
    public long SystemCalls => _inner.SystemCalls;

    /// <inheritdoc/>
    public bool HasOffloads => _inner.HasOffloads;

    /// <inheritdoc/>
    public void Enter() => _inner.Enter();

    /// <inheritdoc/>
    public void Leave() => _inner.Leave();

    /// <inheritdoc/>
    public QueueStatus Receive(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        QueueStatus status = _inner.Receive(batch);
        foreach (Packet packet in batch)
            _capture.Record(_interface, CaptureDirection.Inbound, packet.Bytes);
        return status;
    }

    /// <inheritdoc/>
    public void Transmit(PacketBatch batch, int port)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!HasOffloads)
            _inner.Transmit(batch, port);
        foreach (Packet packet in batch.LeavingBy(port))
            _capture.Record(_interface, CaptureDirection.Outbound, packet.Bytes);

        // Joining packets changes their headers, so these are recorded first, also those that are then refused.
        if (HasOffloads)
            _inner.Transmit(batch, port);
    }

    /// <inheritdoc/>
    public void Dispose() => _inner.Dispose();
}
