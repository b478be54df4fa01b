using FastTun.Batching;

namespace FastTun.Offload;

/// <summary>What became of the segments of one batch that were sent by ports without offloads.</summary>
internal sealed class SegmentTally(int ports)
{
    private readonly long[] _packets = new long[ports];
    private readonly long[] _bytes = new long[ports];
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];

    /// <summary>Whether there is anything in it.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Segments transmitted by a port.</summary>
    public long Packets(int port) => _packets[port];

    /// <summary>Bytes of the segments transmitted by a port.</summary>
    public long Bytes(int port) => _bytes[port];

    /// <summary>Segments dropped for a reason.</summary>
    public long Drops(int reason) => _drops[reason];

    /// <summary>Takes in what was sent.</summary>
    public void Add(PacketBatch segments, int port)
    {
        IsEmpty = false;
        foreach (ref readonly PacketDescriptor segment in segments.Descriptors)
        {
            if (segment.Drop != DropReason.None)
            {
                _drops[(int)segment.Drop]++;
                continue;
            }

            _packets[port]++;
            _bytes[port] += segment.Length;
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        if (IsEmpty)
            return;
        Array.Clear(_packets);
        Array.Clear(_bytes);
        Array.Clear(_drops);
        IsEmpty = true;
    }
}
