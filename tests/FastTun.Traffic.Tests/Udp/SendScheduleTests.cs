using CsCheck;
using FastTun.Traffic.Udp;

namespace FastTun.Traffic.Tests.Udp;

public class SendScheduleTests
{
    [Fact]
    public void Packets_are_due_at_equal_distances() =>
        Gen.Select(Gen.Int[1, 10_000_000], Gen.Long[0, 1L << 36]).Sample((rate, packets) =>
        {
            var schedule = new SendSchedule(TrafficRate.Packets(rate));
            decimal exact = packets * 1_000_000_000m / rate;
            Assert.InRange(schedule.Due(packets, 12345), exact * 0.999999999999m - 1, exact * 1.000000000001m + 1);
        });

    [Fact]
    public void Bits_are_due_at_equal_distances()
    {
        var schedule = new SendSchedule(TrafficRate.Bits(8_000_000));
        Assert.Equal(0, schedule.Due(0, 0));
        Assert.Equal(1_500_000, schedule.Due(1, 1500));
        Assert.Equal(1_564_000, schedule.Due(2, 1564));
    }

    [Fact]
    public void At_the_maximum_everything_is_due_at_once() =>
        Assert.Equal(0, new SendSchedule(TrafficRate.Max).Due(long.MaxValue / 2, long.MaxValue / 2));
}
