using FastTun.Cli.CommandLine;

namespace FastTun.EndToEnd.Tests.CommandLine;

public class DurationTextTests
{
    [Theory]
    [InlineData("2000us", 2)]
    [InlineData("300ms", 300)]
    [InlineData("5s", 5_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("24h", 86_400_000)]
    public void Is_a_number_with_a_unit(string text, int milliseconds) =>
        Assert.Equal(milliseconds, DurationText.Parse(text).TotalMilliseconds);

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("25h")]
    [InlineData("1e3s")]
    [InlineData(" 5s")]
    public void What_is_none_is_refused_by_name(string text) =>
        Assert.StartsWith($"'{text}'", Assert.Throws<FormatException>(() => DurationText.Parse(text)).Message);
}
