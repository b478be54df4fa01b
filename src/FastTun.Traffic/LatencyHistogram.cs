using System.Numerics;

namespace FastTun.Traffic;

/// <summary>
/// How often each duration occurred, in fixed memory: below 256 ns every nanosecond has its own counter, above it every
/// power of two is divided into 128. What it says of a percentile is therefore never below the truth, and at most 1/128
/// (0.8 %) above it. <see cref="Record"/> does not allocate. One thread records; others read when it has ended.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>
    /// The longest duration told apart, in nanoseconds (18 minutes); longer ones count as this, save for <see
    /// cref="Max"/>.
    /// </summary>
    public const long Highest = (1L << 40) - 1;

    private const int PrecisionBits = 7;
    private const int Divisions = 1 << PrecisionBits;

    private readonly long[] _counts = new long[Bucket(Highest) + 1];
    private long _min = long.MaxValue;
    private double _sum;

    /// <summary>How many durations were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The shortest, exactly, in nanoseconds; 0 when there is none.</summary>
    public long Min => Count == 0 ? 0 : _min;

    /// <summary>The longest, exactly, in nanoseconds; 0 when there is none.</summary>
    public long Max { get; private set; }

    /// <summary>The mean, in nanoseconds; 0 when there is none.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    /// <summary>Counts one duration.</summary>
    /// <param name="nanoseconds">0 or more.</param>
    public void Record(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        _counts[Bucket(Math.Min(nanoseconds, Highest))]++;
        Count++;
        _sum += nanoseconds;
        _min = Math.Min(_min, nanoseconds);
        Max = Math.Max(Max, nanoseconds);
    }

    /// <summary>
    /// The smallest duration that is not exceeded by the given share of all (the nearest-rank percentile), within the
    /// precision of this type.
    /// </summary>
    /// <param name="percent">0 to 100.</param>
    /// <returns>Nanoseconds; 0 when nothing was recorded.</returns>
    public long Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        long rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
                return Math.Clamp(HighestIn(bucket), Min, Max);
        }

        return 0;
    }

    /// <summary>Adds what another has recorded.</summary>
    /// <param name="other">It is not changed.</param>
    public void Merge(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int bucket = 0; bucket < _counts.Length; bucket++)
            _counts[bucket] += other._counts[bucket];
        Count += other.Count;
        _sum += other._sum;
        _min = Math.Min(_min, other._min);
        Max = Math.Max(Max, other.Max);
    }

    // A value of n + 8 bits has its first 8 bits (the leading one, and 7 that divide the power of two) count in row n.
    private static int Bucket(long value)
    {
        int row = Math.Max(0, BitOperations.Log2((ulong)value) - PrecisionBits);
        return row * Divisions + (int)(value >> row);
    }

    private static long HighestIn(int bucket)
    {
        int row = Math.Max(0, bucket / Divisions - 1);
        long first = (long)(bucket - row * Divisions) << row;
        return first + (1L << row) - 1;
    }
}
