namespace FastTun.Traffic.Udp;

/// <summary>
/// What arrived of one flow, told by sequence numbers. A packet is reordered when its number is smaller than the next one
/// expected (RFC 4737 section 3.3); a number that was seen before is a duplicate (RFC 5560), and neither received nor
/// reordered once more. The last 8192 numbers are remembered: one that is still older counts as reordered, as a queue that
/// deep would be needed to make it a duplicate. One thread.
/// </summary>
internal sealed class FlowTracker
{
    private const int Window = 8192;

    private readonly ulong[] _seen = new ulong[Window / 64];
    private long _nextExpected;

    /// <summary>Different packets that arrived.</summary>
    public long Received { get; private set; }

    /// <summary>Those of them that came later than one sent after them.</summary>
    public long Reordered { get; private set; }

    /// <summary>Arrivals of packets that had arrived already.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Counts an arrival.</summary>
    /// <param name="sequence">0 or more.</param>
    /// <returns>Whether it is the packet's first.</returns>
    public bool Record(long sequence)
    {
        if (sequence >= _nextExpected)
        {
            Forget(Math.Max(_nextExpected, sequence - Window + 1), sequence);
            _nextExpected = sequence + 1;
        }
        else if (sequence < _nextExpected - Window || !IsSeen(sequence))
        {
            Reordered++;
        }
        else
        {
            Duplicates++;
            return false;
        }

        if (sequence >= _nextExpected - Window)
            _seen[Word(sequence)] |= Bit(sequence);
        Received++;
        return true;
    }

    private static int Word(long sequence) => (int)(sequence / 64 % (Window / 64));

    private static ulong Bit(long sequence) => 1UL << (int)(sequence % 64);

    private bool IsSeen(long sequence) => (_seen[Word(sequence)] & Bit(sequence)) != 0;

    // The places of numbers that were skipped still say what happened a window ago.
    private void Forget(long first, long last)
    {
        for (long sequence = first; sequence <= last; sequence++)
            _seen[Word(sequence)] &= ~Bit(sequence);
    }
}
