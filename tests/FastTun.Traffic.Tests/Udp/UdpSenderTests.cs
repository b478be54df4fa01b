using System.Net;
using FastTun.Linux.Sockets;
using FastTun.TestKit;
using FastTun.Traffic.Udp;

namespace FastTun.Traffic.Tests.Udp;

public sealed class UdpSenderTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Sending_and_receiving_allocate_nothing_by_the_packet()
    {
        var options = new DatagramSocketOptions();
        var here = IPEndPoint.Parse("127.0.0.1:0");
        DatagramSocket bound = DatagramSocket.Bind(_network.Namespace, here, options);
        using var receiver = new UdpReceiver(bound, run: 1, flows: 1, largest: 64, headerLength: 28);
        DatagramSocket connected = DatagramSocket.Connect(_network.Namespace, here, bound.LocalEndPoint, options);
        using var sender = new UdpSender([connected], new UdpSenderOptions
        {
            Path = "loopback",
            Run = 1,
            FirstFlow = 0,
            Sizes = [64],
            HeaderLength = 28,
            Rate = TrafficRate.Packets(1_000_000),
            DurationNanoseconds = 100_000_000,
            RunLength = 4,
            Segmentation = false,
        });

        long received = 0;
        var receiving = new Thread(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            receiver.Run();
            received = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        receiving.Start();
        long begin = GC.GetAllocatedBytesForCurrentThread();
        sender.Run();
        long sent = GC.GetAllocatedBytesForCurrentThread() - begin;
        receiver.Stop();
        receiving.Join();

        // What the first call of something allocates is far less than a byte a packet would be.
        Assert.InRange(sender.Sent, 2000, 100_000);
        Assert.InRange(receiver.Received, 1, sender.Sent);
        Assert.InRange(sent, 0, 1000);
        Assert.InRange(received, 0, 1000);
    }
}
