using FastTun.Engine;

namespace FastTun.Traffic.Tests.Forwarding;

public class PrivateForwarderTests
{
    // Slow enough for any machine: nothing on the way has a reason to be full.
    private static readonly TrialOptions Modest = new()
    {
        Rate = TrafficRate.Packets(5_000),
        Duration = TimeSpan.FromMilliseconds(200),
    };

    [Theory]
    [InlineData(1, "64", true)]
    [InlineData(2, "imix", true)]
    [InlineData(2, "imix", false)]
    public async Task Every_packet_crosses_and_is_accounted_for(int queues, string size, bool offload)
    {
        ForwardingResult result = await MeasureAsync(queues, Modest with { Sizes = PacketSizes.Parse(size) }, offload);
        var udp = Assert.IsType<UdpTrialResult>(result.Traffic);
        Assert.InRange(udp.Received, 1, udp.Sent);
        Assert.InRange(udp.Lost, 0, result.Overrun + udp.DroppedAtReceiver);
        Assert.Equal((0, 0), (udp.Reordered, udp.Corrupt));
        Assert.True(result.IsConserved);
        Assert.Equal(queues, result.Engine.Workers.Count);
        Assert.InRange(result.Engine.Total.PacketsTransmitted, udp.Received, long.MaxValue);
        Assert.InRange(result.CpuNanosecondsPerPacket, 1, double.MaxValue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Runs_that_leave_as_one_packet_arrive_packet_by_packet(bool offload)
    {
        // Only at the maximum rate are whole runs always due; some may then be lost, a run at a time.
        TrialOptions runs = Modest with
        {
            Sizes = PacketSizes.Fixed(1000),
            Rate = TrafficRate.Max,
            RunLength = 32,
            Segmentation = true,
        };
        ForwardingResult result = await MeasureAsync(1, runs, offload);
        var udp = Assert.IsType<UdpTrialResult>(result.Traffic);
        Assert.InRange(udp.Received, 1, udp.Sent);
        Assert.Equal((0, 0), (udp.Reordered, udp.Corrupt));
        Assert.True(result.IsConserved);

        // A packet costs a read and a write; a run of 32 no more.
        TrafficCounters total = result.Engine.Total;
        Assert.InRange(total.PacketsTransmitted, udp.Received, long.MaxValue);
        Assert.Equal(offload, total.SystemCalls < total.PacketsReceived);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Streams_cross_both_ways_through_the_rewriting(bool offload)
    {
        TrialOptions streams = Modest with { Protocol = TrafficProtocol.Tcp, Rate = TrafficRate.Max };
        ForwardingResult result = await MeasureAsync(1, streams, offload);
        var tcp = Assert.IsType<TcpTrialResult>(result.Traffic);
        Assert.InRange(tcp.BytesReceived, 1, long.MaxValue);
        Assert.True(result.IsConserved);
        Assert.All(result.Engine.Ports, port => Assert.InRange(port.Traffic.PacketsReceived, 1, long.MaxValue));
    }

    [Theory]
    [InlineData(true, 0, 0, true)]
    [InlineData(false, 0, 0, false)]
    [InlineData(true, 1, 0, false)]
    [InlineData(true, 0, 1, false)]
    public async Task What_does_not_add_up_is_not_conserved(bool engine, int missing, int corrupt, bool expected)
    {
        ForwardingResult right = await MeasureAsync(1, Modest with { Duration = TimeSpan.FromMilliseconds(10) });
        var udp = (UdpTrialResult)right.Traffic;
        TrafficCounters total = right.Engine.Total;
        ForwardingResult altered = right with
        {
            Traffic = udp with { Sent = udp.Sent + missing, Corrupt = corrupt },
            Engine = right.Engine with { Total = engine ? total : total with { PacketsReceived = total.PacketsReceived + 1 } },
        };
        Assert.Equal(expected, altered.IsConserved);
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(0, 1, false)]
    public async Task A_stream_that_does_not_finish_is_no_loss_of_the_engine(int unfinished, int corrupt, bool expected)
    {
        TrialOptions options = Modest with { Protocol = TrafficProtocol.Tcp, Rate = TrafficRate.Max };
        ForwardingResult right = await MeasureAsync(1, options);
        var tcp = (TcpTrialResult)right.Traffic;
        ForwardingResult altered = right with
        {
            Traffic = tcp with { UnfinishedStreams = unfinished, CorruptBytes = corrupt },
        };
        Assert.Equal(expected, altered.IsConserved);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void Queues_that_no_device_has_are_refused(int queues) =>
        Assert.Throws<ArgumentException>(() => PrivateForwarder.Start(new() { Queues = queues }));

    private static async Task<ForwardingResult> MeasureAsync(int queues, TrialOptions options, bool offload = true)
    {
        await using PrivateForwarder forwarder = PrivateForwarder.Start(new() { Queues = queues, Offload = offload });
        return await forwarder.MeasureAsync(options, null, TestContext.Current.CancellationToken);
    }
}
