using FastTun.Linux;
using FastTun.Traffic.Udp;

namespace FastTun.Traffic.Tests.Trials;

public sealed class UdpTrialTests : IDisposable
{
    // Slow enough for any machine: nothing on the way has a reason to be full.
    private static readonly TrialOptions Modest = new()
    {
        Rate = TrafficRate.Packets(10_000),
        Duration = TimeSpan.FromMilliseconds(200),
    };

    private readonly TrialHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("127.0.0.1", "64", 16, 1, false)]
    [InlineData("127.0.0.1", "1500", 1, 1, false)]
    [InlineData("127.0.0.1", "imix", 7, 2, false)]
    [InlineData("127.0.0.1", "1000", 4, 2, true)]
    [InlineData("::1", "80", 16, 1, false)]
    [InlineData("::1", "imix", 3, 1, false)]
    [InlineData("::1", "1280", 2, 1, true)]
    public async Task Everything_arrives_once_in_order_and_intact(
        string address, string size, int flows, int threads, bool segmentation)
    {
        TrialOptions options = Modest with
        {
            Sizes = PacketSizes.Parse(size),
            Flows = flows,
            Threads = threads,
            Segmentation = segmentation,
        };
        UdpTrialResult result = await Run(_host.Loopback(address), options);

        // 10,000 a second in 0.2 s; a late end of the last wait may cost the last few.
        Assert.InRange(result.Sent, 1, 2000);
        Assert.Equal((result.Sent, 0, true), (result.Received, result.Lost, result.IsConserved));
        Assert.Equal((0, 0, 0, 0), (result.Duplicates, result.Reordered, result.Corrupt, result.Foreign));
        Assert.Empty(result.Refused);
        Assert.Equal(result.BytesSent, result.BytesReceived);
        Assert.Equal(result.Received, result.Latency.Count);
        Assert.InRange(result.Latency.Min, 1, result.Latency.P50);
        if (options.Sizes.IsFixed)
            Assert.Equal(result.Sent * long.Parse(size), result.BytesSent);
    }

    [Fact]
    public async Task A_rate_in_bits_counts_whole_packets()
    {
        TrialOptions options = Modest with { Rate = TrafficRate.Bits(8 * 1000 * 5_000), Sizes = PacketSizes.Fixed(1000) };
        UdpTrialResult result = await Run(_host.Loopback(), options);
        Assert.InRange(result.Sent, 1, 1000);
        Assert.Equal(result.Sent, result.Received);
    }

    [Fact]
    public async Task What_does_not_arrive_is_lost()
    {
        UdpTrialResult result = await Run(_host.Nowhere(), Modest with { QuietTime = TimeSpan.FromMilliseconds(20) });
        Assert.InRange(result.Sent, 1, 2000);
        Assert.Equal((0, result.Sent, 1.0), (result.Received, result.Lost, result.LossRatio));
        Assert.True(result.IsConserved);
        Assert.Equal(new LatencySummary(0, 0, 0, 0, 0, 0, 0, 0), result.Latency);
    }

    [Fact]
    public async Task What_a_slow_receiver_loses_is_told_apart()
    {
        TrialOptions options = Modest with { Rate = TrafficRate.Max, RunLength = 64, ReceiveBufferBytes = 2304 };
        UdpTrialResult result = await Run(_host.Loopback(), options);
        Assert.True(result.IsConserved);
        Assert.InRange(result.Received, 1, result.Sent - 1);
        Assert.Equal(result.Lost, result.DroppedAtReceiver);
    }

    [Fact]
    public async Task Cancelling_ends_it_early_with_a_result()
    {
        using var cancellation = new CancellationTokenSource();
        var probe = new ProgressProbe(_ => cancellation.Cancel());
        var result = (UdpTrialResult)await Trial.RunAsync(
            _host.Loopback(), Modest with { Duration = TimeSpan.FromDays(1) }, probe, cancellation.Token);
        Assert.InRange(result.Sent, 1, long.MaxValue);
        Assert.Equal(result.Sent, result.Received);
    }

    [Fact]
    public async Task The_last_report_has_everything_that_was_sent()
    {
        var probe = new ProgressProbe(_ => { });
        var result = (UdpTrialResult)await Trial.RunAsync(
            _host.Loopback(), Modest, probe, TestContext.Current.CancellationToken);
        TrialProgress last = probe.Reports[^1];
        Assert.Equal((result.Sent, result.BytesSent), (last.PacketsSent, last.BytesSent));
        Assert.InRange(last.PacketsReceived, 0, result.Received);
    }

    [Fact]
    public async Task A_trial_that_can_send_nothing_fails_and_says_why()
    {
        using var trial = new UdpTrial(_host.Nowhere(), Modest);
        _host.Network.Run("ip", "route", "delete", "192.0.2.0/24").OrThrow();
        LinuxException refused = await Assert.ThrowsAsync<LinuxException>(() =>
            trial.RunAsync(null, TestContext.Current.CancellationToken));
        Assert.Equal((Errno.ENETUNREACH, "UDP 192.0.2.1 to 192.0.2.2"), (refused.Error, refused.Subject));
    }

    [Fact]
    public async Task A_packet_that_the_kernel_never_takes_ends_the_trial()
    {
        // The loopback interface's MTU is 65536 bytes; a segmented packet must fit it piece by piece.
        _host.Network.Run("ip", "link", "set", "lo", "mtu", "1500").OrThrow();
        TrialOptions options = Modest with
        {
            Sizes = PacketSizes.Fixed(2000),
            Segmentation = true,
            Duration = TimeSpan.FromDays(1),
        };
        LinuxException refused = await Assert.ThrowsAsync<LinuxException>(() => Run(_host.Loopback(), options));
        Assert.Equal("UDP 127.0.0.1 to 127.0.0.1", refused.Subject);
    }

    [Fact]
    public async Task An_address_of_somebody_else_is_refused_by_name()
    {
        LinuxException refused = await Assert.ThrowsAsync<LinuxException>(() =>
            Run(_host.Path("203.0.113.1", "127.0.0.1", "127.0.0.1"), Modest));
        Assert.Equal(Errno.EADDRNOTAVAIL, refused.Error);
        Assert.Contains("203.0.113.1", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<UdpTrialResult> Run(TrialPath path, TrialOptions options) =>
        (UdpTrialResult)await Trial.RunAsync(path, options, null, TestContext.Current.CancellationToken);
}
