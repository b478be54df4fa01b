namespace FastTun.Traffic.Tests.Trials;

public sealed class TcpTrialTests : IDisposable
{
    private static readonly TrialOptions Short = new()
    {
        Protocol = TrafficProtocol.Tcp,
        Flows = 4,
        Duration = TimeSpan.FromMilliseconds(100),
    };

    private readonly TrialHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("127.0.0.1", 16)]
    [InlineData("::1", 4)]
    public async Task Every_byte_arrives_as_it_was_sent(string address, int streams)
    {
        TcpTrialResult result = await Run(_host.Loopback(address), Short with { Flows = streams });
        Assert.InRange(result.BytesSent, 1, long.MaxValue);
        Assert.Equal(result.BytesSent, result.BytesReceived);
        Assert.Equal((streams, 0, 0, true), (result.Streams, result.UnfinishedStreams, result.CorruptBytes, result.IsComplete));
    }

    [Fact]
    public async Task Without_an_answer_the_connecting_is_given_up()
    {
        TrialOptions options = Short with { ConnectTimeout = TimeSpan.FromMilliseconds(50) };
        TimeoutException refused = await Assert.ThrowsAsync<TimeoutException>(() => Run(_host.Nowhere(), options));
        Assert.StartsWith("TCP 192.0.2.1 to 192.0.2.2: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_listener_the_connecting_fails_at_once()
    {
        // What listens at ::1 is not to be found at another address of the same host.
        _host.Network.Run("ip", "address", "add", "2001:db8::1/128", "dev", "lo").OrThrow();
        TrialPath path = _host.Path("::1", "2001:db8::1", "::1");
        IOException refused = await Assert.ThrowsAsync<IOException>(() => Run(path, Short));
        Assert.StartsWith("TCP ::1 to 2001:db8::1: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_that_stall_are_given_up_and_counted()
    {
        using var cancellation = new CancellationTokenSource();
        var probe = new ProgressProbe(_ =>
        {
            _host.Network.Run("ip", "link", "set", "lo", "down").OrThrow();
            cancellation.Cancel();
        });
        TrialOptions options = Short with { Duration = TimeSpan.FromDays(1), StallTime = TimeSpan.FromMilliseconds(50) };
        var result = (TcpTrialResult)await Trial.RunAsync(_host.Loopback(), options, probe, cancellation.Token);
        Assert.Equal((4, 4, false), (result.Streams, result.UnfinishedStreams, result.IsComplete));
        Assert.InRange(result.BytesReceived, 1, long.MaxValue);
        Assert.Equal(0, result.CorruptBytes);
    }

    [Fact]
    public async Task Cancelling_ends_it_early_with_a_result()
    {
        using var cancellation = new CancellationTokenSource();
        var probe = new ProgressProbe(_ => cancellation.Cancel());
        var result = (TcpTrialResult)await Trial.RunAsync(
            _host.Loopback(), Short with { Duration = TimeSpan.FromDays(1) }, probe, cancellation.Token);
        Assert.True(result.IsComplete);
        Assert.InRange(result.BytesReceived, 1, long.MaxValue);
    }

    private static async Task<TcpTrialResult> Run(TrialPath path, TrialOptions options) =>
        (TcpTrialResult)await Trial.RunAsync(path, options, null, TestContext.Current.CancellationToken);
}
