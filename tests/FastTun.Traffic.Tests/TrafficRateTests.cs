using CsCheck;

namespace FastTun.Traffic.Tests;

public class TrafficRateTests
{
    [Theory]
    [InlineData("1pps", 1, 0)]
    [InlineData("100kpps", 100e3, 0)]
    [InlineData("1.5Mpps", 1.5e6, 0)]
    [InlineData("0.25gpps", 250e6, 0)]
    [InlineData("500bps", 0, 500)]
    [InlineData("64kbps", 0, 64e3)]
    [InlineData("10MBPS", 0, 10e6)]
    [InlineData("2gbps", 0, 2e9)]
    [InlineData("max", 0, 0)]
    [InlineData("MAX", 0, 0)]
    public void Reads_what_it_should(string text, double packets, double bits)
    {
        TrafficRate rate = TrafficRate.Parse(text);
        Assert.Equal((packets, bits), (rate.PacketsPerSecond, rate.BitsPerSecond));
        Assert.Equal(packets + bits == 0, rate.IsMax);
    }

    [Theory]
    [InlineData("")]
    [InlineData("100")]
    [InlineData("kpps")]
    [InlineData("100 kpps")]
    [InlineData("-1pps")]
    [InlineData("1e3pps")]
    [InlineData("1tpps")]
    [InlineData(".5gbps")]
    [InlineData("1.gbps")]
    [InlineData("2gb/s")]
    [InlineData("fast")]
    [InlineData("0pps")]
    [InlineData("0.0gbps")]
    [InlineData("1234567890123pps")]
    public void Refuses_by_name_what_is_no_rate(string text)
    {
        FormatException refused = Assert.Throws<FormatException>(() => TrafficRate.Parse(text));
        Assert.StartsWith($"rate '{text}': ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_what_it_wrote() =>
        Gen.Select(Gen.Int[1, 999_999], Gen.Int[0, 6], Gen.Bool).Sample((digits, zeros, packets) =>
        {
            double value = digits * Math.Pow(10, zeros);
            TrafficRate rate = packets ? TrafficRate.Packets(value) : TrafficRate.Bits(value);
            TrafficRate read = TrafficRate.Parse(rate.ToString());
            Assert.Equal(rate.PacketsPerSecond, read.PacketsPerSecond, value * 1e-12);
            Assert.Equal(rate.BitsPerSecond, read.BitsPerSecond, value * 1e-12);
        });

    [Theory]
    [InlineData("100kpps", "100kpps")]
    [InlineData("2500mbps", "2.5gbps")]
    [InlineData("999pps", "999pps")]
    [InlineData("max", "max")]
    public void Writes_the_shortest_form(string text, string shortest) =>
        Assert.Equal(shortest, TrafficRate.Parse(text).ToString());

    [Fact]
    public void Shares_are_equal_and_the_maximum_stays_one()
    {
        Assert.Equal(TrafficRate.Packets(25), TrafficRate.Packets(100).DividedBy(4));
        Assert.Equal(TrafficRate.Max, TrafficRate.Max.DividedBy(4));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_rate_is_more_than_nothing(double value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TrafficRate.Packets(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => TrafficRate.Bits(value));
    }
}
