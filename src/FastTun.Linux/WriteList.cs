using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>
/// Packets to be written, each of one piece or of several that lie apart, and what became of each. Allocated once and
/// used again and again, by one thread at a time. It holds addresses and not references, so whoever adds a piece keeps
/// its memory alive and in place until the list is cleared.
/// </summary>
public sealed unsafe class WriteList
{
    private readonly iovec[] _pieces;
    private readonly iovec* _first;
    private readonly int[] _ends;
    private readonly SysResult[] _results;

    /// <summary>Makes an empty list.</summary>
    /// <param name="capacity">How many pieces it has room for, 1 to 1024, and so how many packets at most.</param>
    public WriteList(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        _pieces = GC.AllocateArray<iovec>(capacity, pinned: true);
        _ends = new int[capacity];
        _results = new SysResult[capacity];
        fixed (iovec* first = _pieces)
            _first = first;
    }

    /// <summary>How many packets there are.</summary>
    public int Count { get; private set; }

    /// <summary>What became of a packet; whoever writes it says so here.</summary>
    /// <param name="packet">Its index.</param>
    public ref SysResult this[int packet] => ref _results[packet];

    private int PieceCount => Count == 0 ? 0 : _ends[Count - 1];

    /// <summary>Begins another packet.</summary>
    /// <param name="piece">Its first bytes, in memory that the collector does not move.</param>
    /// <exception cref="IndexOutOfRangeException">The list is full.</exception>
    public void Begin(ReadOnlySpan<byte> piece)
    {
        int place = PieceCount;
        Set(place, piece);
        _ends[Count++] = place + 1;
    }

    /// <summary>Adds to the last packet.</summary>
    /// <param name="piece">Its next bytes, in memory that the collector does not move.</param>
    /// <exception cref="IndexOutOfRangeException">The list is full, or empty.</exception>
    public void Extend(ReadOnlySpan<byte> piece)
    {
        Set(PieceCount, piece);
        _ends[Count - 1]++;
    }

    /// <summary>Makes the list empty.</summary>
    public void Clear() => Count = 0;

    // The array is pinned, so its place is known for life.
    internal iovec* Pieces(int packet, out int count)
    {
        int begin = packet == 0 ? 0 : _ends[packet - 1];
        count = _ends[packet] - begin;
        return _first + begin;
    }

    private void Set(int place, ReadOnlySpan<byte> piece)
    {
        fixed (byte* start = piece)
            _pieces[place] = new iovec { iov_base = start, iov_len = piece.Length };
    }
}
