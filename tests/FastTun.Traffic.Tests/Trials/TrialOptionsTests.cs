namespace FastTun.Traffic.Tests.Trials;

public sealed class TrialOptionsTests : IDisposable
{
    private readonly TrialHost _host = new();

    public static TheoryData<TrialOptions, string> Wrong => new()
    {
        { new TrialOptions { Flows = 0 }, "flows 0" },
        { new TrialOptions { Flows = 65537 }, "flows 65537" },
        { new TrialOptions { Duration = TimeSpan.Zero }, "duration 00:00:00" },
        { new TrialOptions { RunLength = 0 }, "run length 0" },
        { new TrialOptions { RunLength = 65 }, "run length 65" },
        { new TrialOptions { Threads = 0 }, "threads 0" },
        { new TrialOptions { Threads = 3, Flows = 2 }, "threads 3" },
        { new TrialOptions { Segmentation = true, Sizes = PacketSizes.Imix }, "size imix" },
        { new TrialOptions { Segmentation = true, Sizes = PacketSizes.Fixed(1500), RunLength = 45 }, "size 1500" },
        { new TrialOptions { Protocol = TrafficProtocol.Tcp, Rate = TrafficRate.Packets(1) }, "rate 1pps" },
    };

    public void Dispose() => _host.Dispose();

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_option_is_refused_by_name(TrialOptions options, string culprit)
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => Run(_host.Loopback(), options));
        Assert.StartsWith(culprit + ": ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "::1", "::1")]
    [InlineData("127.0.0.1", "127.0.0.1", "::1")]
    public async Task Address_families_are_not_mixed(string sender, string target, string receiver)
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            Run(_host.Path(sender, target, receiver), new TrialOptions()));
        Assert.StartsWith("127.0.0.1 to ::1: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_size_too_small_for_IPv6_is_refused_by_name()
    {
        FormatException refused = await Assert.ThrowsAsync<FormatException>(
            () => Run(_host.Loopback("::1"), new TrialOptions()));
        Assert.StartsWith("size '64': ", refused.Message, StringComparison.Ordinal);
    }

    private static Task<TrialResult> Run(TrialPath path, TrialOptions options) =>
        Trial.RunAsync(path, options, null, TestContext.Current.CancellationToken);
}
