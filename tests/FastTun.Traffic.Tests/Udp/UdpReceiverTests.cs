using System.Net;
using FastTun.Linux.Sockets;
using FastTun.TestKit;
using FastTun.Traffic.Udp;

namespace FastTun.Traffic.Tests.Udp;

/// <summary>A receiver that is fed payloads by hand.</summary>
public sealed class UdpReceiverTests : IDisposable
{
    private const int Size = 100;

    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly UdpReceiver _receiver;

    public UdpReceiverTests()
    {
        var options = new DatagramSocketOptions();
        DatagramSocket socket = DatagramSocket.Bind(_network.Namespace, IPEndPoint.Parse("127.0.0.1:0"), options);
        _receiver = new UdpReceiver(socket, run: 5, flows: 2, largest: Size, headerLength: 28);
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Counts_packets_flow_by_flow()
    {
        Feed(Payload(flow: 0, sequence: 0, timestamp: 400), now: 1000);
        Feed(Payload(flow: 1, sequence: 1, timestamp: 500), now: 1000);
        Feed(Payload(flow: 1, sequence: 0, timestamp: 600), now: 1100);
        Feed(Payload(flow: 1, sequence: 0, timestamp: 600), now: 1200);
        Assert.Equal((3, 3 * Size), (_receiver.Received, _receiver.Bytes));
        Assert.Equal([1, 2], _receiver.Flows.Select(flow => flow.Received));
        Assert.Equal([0, 1], _receiver.Flows.Select(flow => flow.Reordered));
        Assert.Equal([0, 1], _receiver.Flows.Select(flow => flow.Duplicates));
        Assert.Equal((3, 500, 600), (_receiver.Latency.Count, _receiver.Latency.Min, _receiver.Latency.Max));
        Assert.Equal(1200, _receiver.LastArrival);
        Assert.Equal((0, 0), (_receiver.Corrupt, _receiver.Foreign));
    }

    [Fact]
    public void What_is_not_of_this_trial_is_foreign()
    {
        byte[] otherRun = Payload(0, 0, 0);
        new PayloadHeader(6, 0, 0, 0).Write(otherRun);
        Feed([], 1);
        Feed(new byte[31], 1);
        Feed(new byte[72], 1);
        Feed(otherRun, 1);
        Feed(Payload(flow: 2, 0, 0), 1);
        Feed(Payload(flow: uint.MaxValue, 0, 0), 1);
        Feed(Payload(0, sequence: -1, 0), 1);
        Assert.Equal((7, 0, 0), (_receiver.Foreign, _receiver.Received, _receiver.Corrupt));
        Assert.Equal(0, _receiver.LastArrival);
    }

    [Fact]
    public void Every_changed_byte_after_the_marks_is_seen()
    {
        for (int at = PayloadHeader.Length; at < Size - 28; at++)
        {
            byte[] payload = Payload(0, at, 0);
            payload[at] ^= 1;
            Feed(payload, 1);
        }

        Assert.Equal((Size - 28 - PayloadHeader.Length, 0), (_receiver.Corrupt, _receiver.Received));
    }

    [Fact]
    public void A_changed_length_is_seen()
    {
        byte[] payload = Payload(0, 0, 0);
        Feed(payload[..^1], 1);
        Feed([.. payload, 0], 1);
        Assert.Equal((2, 0), (_receiver.Corrupt, _receiver.Received));
    }

    [Fact]
    public void A_packet_from_the_future_is_corrupt()
    {
        Feed(Payload(0, 0, timestamp: 2), now: 1);
        Assert.Equal((1, 0), (_receiver.Corrupt, _receiver.Received));
    }

    private void Feed(byte[] payload, long now) => _receiver.Receive(payload, now);

    private static byte[] Payload(uint flow, long sequence, long timestamp)
    {
        byte[] payload = BytePattern.At(0, Size - 28).ToArray();
        new PayloadHeader(5, flow, sequence, timestamp).Write(payload);
        return payload;
    }
}
