using CsCheck;

namespace FastTun.Traffic.Tests;

public class LatencyHistogramTests
{
    // Durations of every order of magnitude up to the longest that is told apart.
    private static readonly Gen<long> Duration =
        Gen.Select(Gen.Int[0, 40], Gen.Double[0, 1]).Select((bits, share) => (long)(((1L << bits) - 1) * share));

    private static readonly Gen<long[]> Durations = Duration.Array[1, 200];

    [Fact]
    public void A_percentile_is_the_exact_one_or_up_to_one_in_128_more() =>
        Gen.Select(Durations, Gen.Double[0, 100]).Sample((values, percent) =>
        {
            long exact = ExactPercentile(values, percent);
            long measured = Histogram(values).Percentile(percent);
            Assert.InRange(measured, exact, exact + exact / 128);
        });

    [Fact]
    public void Count_minimum_maximum_and_mean_are_exact() =>
        Durations.Sample(values =>
        {
            LatencyHistogram histogram = Histogram(values);
            Assert.Equal(values.Length, histogram.Count);
            Assert.Equal(values.Min(), histogram.Min);
            Assert.Equal(values.Max(), histogram.Max);
            Assert.Equal(values.Average(), histogram.Mean, values.Average() * 1e-9);
        });

    [Fact]
    public void Merging_is_as_recording_everything_in_one() =>
        Gen.Select(Durations, Durations).Sample((left, right) =>
        {
            LatencyHistogram merged = Histogram(left);
            merged.Merge(Histogram(right));
            LatencyHistogram whole = Histogram([.. left, .. right]);
            Assert.Equal(LatencySummary.From(whole) with { Mean = 0 }, LatencySummary.From(merged) with { Mean = 0 });
            Assert.Equal(whole.Mean, merged.Mean, whole.Mean * 1e-9);
        });

    [Fact]
    public void Below_256_nanoseconds_every_value_is_told_apart()
    {
        for (long value = 0; value < 256; value++)
            Assert.Equal(value, Histogram([value, LatencyHistogram.Highest]).Percentile(50));
    }

    [Fact]
    public void An_empty_one_is_all_zeros()
    {
        var empty = new LatencyHistogram();
        empty.Merge(new LatencyHistogram());
        Assert.Equal(new LatencySummary(0, 0, 0, 0, 0, 0, 0, 0), LatencySummary.From(empty));
    }

    [Fact]
    public void What_is_longer_than_the_range_still_shows_as_the_maximum()
    {
        LatencyHistogram histogram = Histogram([1, long.MaxValue]);
        Assert.Equal(long.MaxValue, histogram.Max);
        Assert.Equal(LatencyHistogram.Highest, histogram.Percentile(100));
    }

    [Fact]
    public void Nothing_is_shorter_than_no_time() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyHistogram().Record(-1));

    [Fact]
    public void Recording_allocates_nothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (long value = 0; value < 100_000; value++)
            histogram.Record(value * 1000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static LatencyHistogram Histogram(long[] values)
    {
        var histogram = new LatencyHistogram();
        foreach (long value in values)
            histogram.Record(value);
        return histogram;
    }

    private static long ExactPercentile(long[] values, double percent)
    {
        long[] sorted = [.. values.Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];
    }
}
