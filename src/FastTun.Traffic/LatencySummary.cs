namespace FastTun.Traffic;

/// <summary>
/// What a <see cref="LatencyHistogram"/> comes down to. All durations are nanoseconds, and 0 when there were none.
/// </summary>
/// <param name="Count">How many packets were measured.</param>
/// <param name="Min">The shortest.</param>
/// <param name="Mean">The mean.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">Nine of ten were no longer.</param>
/// <param name="P99">99 of 100 were no longer.</param>
/// <param name="P999">999 of 1000 were no longer.</param>
/// <param name="Max">The longest.</param>
public sealed record LatencySummary(
    long Count, long Min, double Mean, long P50, long P90, long P99, long P999, long Max)
{
    /// <summary>Sums up a histogram.</summary>
    /// <param name="histogram">One that nobody records in any more.</param>
    public static LatencySummary From(LatencyHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return new LatencySummary(
            histogram.Count,
            histogram.Min,
            histogram.Mean,
            histogram.Percentile(50),
            histogram.Percentile(90),
            histogram.Percentile(99),
            histogram.Percentile(99.9),
            histogram.Max);
    }
}
