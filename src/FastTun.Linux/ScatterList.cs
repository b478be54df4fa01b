using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>
/// The pieces of one packet, in order, for a call that gathers them (writev(2)): a header written for the purpose, and
/// payloads that stay where they are. It is allocated once and used again and again, by one thread at a time. It holds
/// addresses and not references, so whoever adds a piece keeps its memory alive and in place until the call is over.
/// </summary>
public sealed unsafe class ScatterList
{
    private readonly iovec[] _vectors;

    /// <summary>Makes an empty list.</summary>
    /// <param name="capacity">How many pieces it can have; 1 to 1024, all that one call takes (UIO_MAXIOV).</param>
    public ScatterList(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        _vectors = GC.AllocateArray<iovec>(capacity, pinned: true);
        fixed (iovec* vectors = _vectors)
            Vectors = vectors;
    }

    /// <summary>How many pieces there is room for.</summary>
    public int Capacity => _vectors.Length;

    /// <summary>How many pieces there are.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of all pieces together.</summary>
    public int Length { get; private set; }

    // The array is pinned, so its place is known for life.
    internal iovec* Vectors { get; }

    /// <summary>Adds a piece behind the others. Does not copy it.</summary>
    /// <param name="piece">
    /// Bytes in memory that the collector does not move: native, on the stack, or in an array allocated as pinned.
    /// </param>
    /// <exception cref="IndexOutOfRangeException">The list is full.</exception>
    public void Add(ReadOnlySpan<byte> piece)
    {
        fixed (byte* start = piece)
            _vectors[Count] = new iovec { iov_base = start, iov_len = piece.Length };
        Count++;
        Length += piece.Length;
    }

    /// <summary>Makes the list empty.</summary>
    public void Clear() => (Count, Length) = (0, 0);
}
