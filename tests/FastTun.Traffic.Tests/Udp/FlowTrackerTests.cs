using CsCheck;
using FastTun.Traffic.Udp;

namespace FastTun.Traffic.Tests.Udp;

public class FlowTrackerTests
{
    [Theory]
    [InlineData("0 1 2 3", 4, 0, 0)]
    [InlineData("0 2 3", 3, 0, 0)] // A gap is no reordering.
    [InlineData("0 2 1 3", 4, 1, 0)]
    [InlineData("3 2 1 0", 4, 3, 0)] // RFC 4737 section 3.3: all that are smaller than the next expected.
    [InlineData("0 1 1 2 1", 3, 0, 2)]
    [InlineData("1 0 0", 2, 1, 1)]
    [InlineData("5 5 5", 1, 0, 2)]
    [InlineData("", 0, 0, 0)]
    public void Counts_as_the_RFCs_say(string arrivals, long received, long reordered, long duplicates)
    {
        var tracker = new FlowTracker();
        foreach (string sequence in arrivals.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            tracker.Record(long.Parse(sequence));
        Assert.Equal((received, reordered, duplicates), (tracker.Received, tracker.Reordered, tracker.Duplicates));
    }

    // Within the window it is as exact as remembering everything.
    [Fact]
    public void Counts_as_a_set_of_all_numbers_would() =>
        Gen.Long[0, 8191].Array[0, 400].Sample(arrivals =>
        {
            long offset = 100_000;
            var tracker = new FlowTracker();
            HashSet<long> seen = [];
            long reordered = 0;
            foreach (long sequence in arrivals.Select(arrival => offset + arrival))
            {
                bool first = !seen.Contains(sequence);
                if (first && seen.Any(other => other > sequence))
                    reordered++;
                seen.Add(sequence);
                Assert.Equal(first, tracker.Record(sequence));
            }

            Assert.Equal((seen.Count, reordered), (tracker.Received, tracker.Reordered));
            Assert.Equal(arrivals.Length - seen.Count, tracker.Duplicates);
        });

    [Fact]
    public void Remembers_8192_numbers_wherever_they_are()
    {
        foreach (long last in (long[])[8191, 8192, 100_000, 1L << 50])
        {
            var tracker = new FlowTracker();
            tracker.Record(last);
            Assert.True(tracker.Record(last - 8191));
            Assert.False(tracker.Record(last - 8191));
            Assert.False(tracker.Record(last));
        }
    }

    [Fact]
    public void A_number_from_before_the_window_is_late_and_disturbs_nothing()
    {
        var tracker = new FlowTracker();
        tracker.Record(10_000);
        Assert.True(tracker.Record(10_000 - 8192));
        Assert.True(tracker.Record(10_001));
        Assert.Equal((3, 1, 0), (tracker.Received, tracker.Reordered, tracker.Duplicates));
    }

    [Fact]
    public void A_lap_of_the_window_later_nothing_is_taken_for_seen()
    {
        var tracker = new FlowTracker();
        for (long sequence = 0; sequence < 8192; sequence++)
            Assert.True(tracker.Record(sequence));
        Assert.True(tracker.Record(3 * 8192));
        for (long sequence = (2 * 8192) + 1; sequence < 3 * 8192; sequence++)
            Assert.True(tracker.Record(sequence));
        Assert.Equal(0, tracker.Duplicates);
    }
}
