using FastTun.Batching;

namespace FastTun.Offload;

/// <summary>What became of the segments of one batch that were sent by ports without offloads.</summary>
internal sealed class SegmentTally(int ports)
{
    private readonly long[] _packets = new long[ports];
    private readonly long[] _bytes = new long[ports];
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];
    private long _expected;

    /// <summary>Whether there is anything in it.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Segments transmitted by a port.</summary>
    public long Packets(int port) => _packets[port];

    /// <summary>Bytes of the segments transmitted by a port.</summary>
    public long Bytes(int port) => _bytes[port];

    /// <summary>Segments dropped for a reason.</summary>
    public long Drops(int reason) => _drops[reason];

    /// <summary>Says that a packet is to leave in so many segments, before the first of them is made.</summary>
    public void Expect(int segments)
    {
        IsEmpty = false;
        _expected += segments;
    }

    /// <summary>Takes in what was sent.</summary>
    public void Add(PacketBatch segments, int port)
    {
        _expected -= segments.Count;
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

    /// <summary>Counts the segments that are still expected as dropped: their queue threw.</summary>
    public void Abandon()
    {
        _drops[(int)DropReason.WorkerFailed] += _expected;
        _expected = 0;
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        if (IsEmpty)
            return;
        Array.Clear(_packets);
        Array.Clear(_bytes);
        Array.Clear(_drops);
        _expected = 0;
        IsEmpty = true;
    }
}
