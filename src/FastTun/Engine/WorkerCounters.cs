using FastTun.Batching;
using FastTun.Offload;

namespace FastTun.Engine;

/// <summary>
/// What one worker has received, transmitted and dropped, by port. Only the worker writes, with plain stores on cache lines
/// that nobody else writes to; anyone may take a <see cref="Copy"/>. A batch is booked whole or not at all, so a copy always
/// adds up: received = transmitted + dropped.
/// </summary>
internal sealed class WorkerCounters
{
    public const int PacketsReceived = 0;
    public const int BytesReceived = 1;
    public const int PacketsTransmitted = 2;
    public const int BytesTransmitted = 3;
    public const int Batches = 4;

    /// <summary>The first of the drop counters, one a <see cref="DropReason"/>.</summary>
    public const int Drops = 5;

    public static readonly int DropReasons = Enum.GetValues<DropReason>().Length;

    /// <summary>How many counters a port has.</summary>
    public static readonly int Stride = Drops + DropReasons;

    // Two lines, as adjacent ones are prefetched in pairs.
    private const int PaddingLongs = 16;
    private readonly long[] _values;
    private long _version;

    public WorkerCounters(int ports) => _values = new long[PaddingLongs + ports * Stride + PaddingLongs];

    /// <summary>
    /// Books a batch that has been transmitted: each of its packets in exactly one place. A super-packet counts as the packets
    /// it stands for.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="segments">What became of those packets that left in segments.</param>
    public void Book(PacketBatch batch, SegmentTally segments)
    {
        long packetsReceived = 0, bytesReceived = 0;
        Span<long> input = Port(batch.InputPort);
        BeginWrite();
        foreach (ref readonly PacketDescriptor packet in batch.Descriptors)
        {
            int count = packet.Offload.SegmentCount(packet.Length);
            packetsReceived += count;
            bytesReceived += packet.Length;
            if (packet.Drop != DropReason.None)
            {
                input[Drops + (int)packet.Drop] += count;
            }
            else if (!packet.LeftInSegments)
            {
                Span<long> output = Port(packet.OutputPort);
                output[PacketsTransmitted] += count;
                output[BytesTransmitted] += packet.Length;
            }
        }

        input[PacketsReceived] += packetsReceived;
        input[BytesReceived] += bytesReceived;
        input[Batches]++;
        if (!segments.IsEmpty)
            BookSegments(input, batch.Ports.Count, segments);
        EndWrite();
    }

    /// <summary>A consistent copy of all ports' counters, <see cref="Stride"/> apart. Any thread.</summary>
    public long[] Copy()
    {
        var copy = new long[_values.Length - 2 * PaddingLongs];
        var spin = new SpinWait();
        while (true)
        {
            long before = Volatile.Read(ref _version);
            _values.AsSpan(PaddingLongs, copy.Length).CopyTo(copy);
            Volatile.ReadBarrier();
            if ((before & 1) == 0 && before == _version)
                return copy;
            spin.SpinOnce();
        }
    }

    private void BookSegments(Span<long> input, int ports, SegmentTally segments)
    {
        for (int reason = 0; reason < DropReasons; reason++)
            input[Drops + reason] += segments.Drops(reason);
        for (int port = 0; port < ports; port++)
        {
            Span<long> output = Port(port);
            output[PacketsTransmitted] += segments.Packets(port);
            output[BytesTransmitted] += segments.Bytes(port);
        }
    }

    private Span<long> Port(int port) => _values.AsSpan(PaddingLongs + port * Stride, Stride);

    // A sequence lock: odd while a batch is being booked, so that a reader knows to try again.
    private void BeginWrite()
    {
        _version++;
        Volatile.WriteBarrier();
    }

    private void EndWrite() => Volatile.Write(ref _version, _version + 1);
}
