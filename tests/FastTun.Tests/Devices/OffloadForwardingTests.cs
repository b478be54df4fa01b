using System.Net.Sockets;
using System.Security.Cryptography;
using FastTun.Batching;
using FastTun.Engine;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Queues;
using FastTun.Stages;
using FastTun.TestKit;
using FastTun.Tests.Engine;
using FastTun.Tests.Offload;

namespace FastTun.Tests.Devices;

/// <summary>
/// Unfinished packets between real kernels, through rewriting: what arrives is what was sent, and the kernels find no wrong
/// checksum in it, wherever it was cut, joined or finished.
/// </summary>
public class OffloadForwardingTests
{
    private const int SegmentSize = 1200;

    /// <summary>Whether the left device has offloads, whether the right one has, whether it is IPv6.</summary>
    public static TheoryData<bool, bool, bool> Everywhere => new()
    {
        { true, true, false },
        { true, true, true },
        { true, false, false },
        { true, false, true },
        { false, true, false },
        { false, true, true },
    };

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task A_stream_arrives_as_it_was_sent(bool leftOffload, bool rightOffload, bool ipv6)
    {
        await using var router = new OffloadRouter(leftOffload, rightOffload);
        router.Engine.Start();
        await router.AssertStreamArrivesAsync(ipv6, Token);

        TrafficCounters total = (await router.StopAsync()).Total;
        if (!leftOffload)
            return;
        Assert.True(router.SuperPackets > 10, $"{router.SuperPackets} super-packets");
        if (rightOffload)
            Assert.True(total.SystemCalls < total.PacketsReceived, $"{total}");
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task A_datagram_train_arrives_as_datagrams(bool leftOffload, bool rightOffload, bool ipv6)
    {
        byte[] content = RandomNumberGenerator.GetBytes(24 * SegmentSize + 500);
        await using var router = new OffloadRouter(leftOffload, rightOffload);
        router.Engine.Start();
        using Socket receiver = router.Receiver(ProtocolType.Udp, ipv6);
        using Socket sender = router.Sender(receiver, SegmentSize);
        sender.Send(content);
        Assert.Equal(content.Chunk(SegmentSize), Receive(receiver, count: 25));

        EngineSnapshot snapshot = await router.StopAsync();
        Assert.Equal(leftOffload ? 1 : 0, router.SuperPackets);
        Assert.InRange(snapshot.Ports[1].Traffic.PacketsTransmitted, 25, long.MaxValue);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Datagrams_that_are_joined_arrive_one_by_one(bool leftOffload, bool ipv6)
    {
        int[] sizes =
            [.. Enumerable.Repeat(100, 20), 60, .. Enumerable.Repeat(100, 10), 0, 1, .. Enumerable.Repeat(1400, 8), 100];
        byte[][] datagrams = [.. sizes.Select(RandomNumberGenerator.GetBytes)];
        await using var router = new OffloadRouter(leftOffload, rightOffload: true);
        using Socket receiver = router.Receiver(ProtocolType.Udp, ipv6);
        using Socket sender = router.Sender(receiver);
        foreach (byte[] datagram in datagrams)
            sender.Send(datagram);

        // All wait when the engine starts, so that what can be joined is.
        router.Engine.Start();
        Assert.Equal(datagrams, Receive(receiver, datagrams.Length));
        TrafficCounters right = (await router.StopAsync()).Ports[1].Traffic;
        Assert.InRange(right.PacketsTransmitted, datagrams.Length, long.MaxValue);
        Assert.InRange(right.SystemCalls, 1, datagrams.Length / 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Segments_too_long_for_the_way_out_are_dropped_and_counted_each(bool rightOffload)
    {
        await using var router = new OffloadRouter(leftOffload: true, rightOffload, rightMtu: 1300);
        router.Engine.Start();
        using Socket receiver = router.Receiver(ProtocolType.Udp, ipv6: false);
        using Socket tooLong = router.Sender(receiver, 1273), asLongAsMayBe = router.Sender(receiver, 1272);
        tooLong.Send(new byte[20 * 1273]);
        byte[] content = RandomNumberGenerator.GetBytes(20 * 1272);
        asLongAsMayBe.Send(content);
        Assert.Equal(content.Chunk(1272), Receive(receiver, count: 20));

        EngineSnapshot snapshot = await router.StopAsync();
        Assert.Equal(2, router.SuperPackets);
        Assert.Equal(20, snapshot.Total.Drops[DropReason.ExceedsMtu]);
    }

    [Fact]
    public async Task Any_queue_can_send_what_a_device_left_unfinished()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using TunDevice device = TunDevice.Open(new TunDeviceOptions
        {
            Name = "ta",
            Addresses = [InterfaceAddress.Parse("198.18.0.1/24")],
            Up = true,
            Offloads = TunOffloads.All,
            Namespace = host.Namespace,
        });
        using var memory = new MemoryQueue();
        await using var engine = new ForwardingEngine(
            [Port.FromDevice(device), new Port("memory", [memory])], () => [new ValidationStage(), new CrossConnectStage()]);
        engine.Start();

        byte[] content = RandomNumberGenerator.GetBytes(24 * SegmentSize + 500);
        using Socket sender = host.Namespace.Run(() =>
            new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        OffloadRouter.CutInto(sender, SegmentSize);
        sender.Connect("198.18.0.2", 4242);
        sender.Send(content);

        // The host has things to say of its own, such as router solicitations.
        List<byte[]> packets = [];
        Eventually.Holds(() =>
        {
            packets.AddRange(MemoryEngine.Collect(memory).Where(packet => packet[0] >> 4 == 4));
            return packets.Count >= 25;
        });
        Assert.Equal(content.Chunk(SegmentSize), packets.Select(packet => packet[28..]));
        Assert.All(packets, FinishedPacket.AssertRightChecksum);
        await engine.StopAsync();
        Assert.True(engine.Snapshot().Total.IsConserved);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static List<byte[]> Receive(Socket socket, int count)
    {
        byte[] buffer = new byte[65536];
        return [.. Enumerable.Range(0, count).Select(_ => buffer[..socket.Receive(buffer)])];
    }
}
