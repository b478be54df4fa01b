using System.Net;
using FastTun.Linux.Sockets;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Sockets;

public sealed class DatagramSocketTests : IDisposable
{
    private static readonly DatagramSocketOptions Plain = new();

    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_batch_arrives_whole_and_in_order(string address)
    {
        using DatagramSocket receiver = Bind(address, Plain);
        using DatagramSocket sender = Connect(receiver, Plain);
        var sent = new DatagramBatch(16, 100);
        for (int i = 0; i < sent.Capacity; i++)
        {
            sent.Slot(i).Fill((byte)i);
            sent.SetLength(i, i * 5);
        }

        Assert.Equal(13, sender.TrySend(sent, 3, 13).Value);

        var received = new DatagramBatch(8, 100);
        Assert.Equal(8, receiver.TryReceive(received).Value);
        for (int i = 0; i < 8; i++)
            Assert.Equal(sent.Slot(i + 3)[..((i + 3) * 5)], received.Received(i));
        Assert.Equal(5, receiver.TryReceive(received).Value);
        Assert.Equal(sent.Slot(15)[..75], received.Received(4));
        Assert.Equal(Errno.EAGAIN, receiver.TryReceive(received).Error);
    }

    [Fact]
    public void What_does_not_fit_the_slot_is_cut_off()
    {
        using DatagramSocket receiver = Bind("127.0.0.1", Plain);
        using DatagramSocket sender = Connect(receiver, Plain);
        Assert.Equal(1, sender.TrySend(new DatagramBatch(1, 50), 0, 1).Value);
        var received = new DatagramBatch(1, 20);
        Assert.Equal(1, receiver.TryReceive(received).Value);
        Assert.Equal(20, received.Received(0).Length);
    }

    [Fact]
    public void One_send_is_cut_into_segments()
    {
        using DatagramSocket receiver = Bind("127.0.0.1", Plain);
        using DatagramSocket sender = Connect(receiver, new DatagramSocketOptions { SegmentBytes = 40 });
        var sent = new DatagramBatch(1, 100);
        for (int i = 0; i < 100; i++)
            sent.Slot(0)[i] = (byte)i;
        Assert.Equal(1, sender.TrySend(sent, 0, 1).Value);

        var received = new DatagramBatch(4, 100);
        Assert.Equal(3, receiver.TryReceive(received).Value);
        Assert.Equal(sent.Slot(0)[..40], received.Received(0));
        Assert.Equal(sent.Slot(0)[40..80], received.Received(1));
        Assert.Equal(sent.Slot(0)[80..], received.Received(2));
    }

    [Fact]
    public void A_full_receive_buffer_drops_and_counts()
    {
        using DatagramSocket receiver = Bind("127.0.0.1", new DatagramSocketOptions { ReceiveBufferBytes = 4096 });
        using DatagramSocket sender = Connect(receiver, Plain);
        Assert.Equal(0u, receiver.Drops);
        Assert.Equal(64, sender.TrySend(new DatagramBatch(64, 1000), 0, 64).Value);
        int arrived = receiver.TryReceive(new DatagramBatch(64, 1000)).Value;
        Assert.InRange(arrived, 1, 63);
        Assert.Equal(64u, receiver.Drops + (uint)arrived);
    }

    [Fact]
    public void A_missing_receiver_is_reported_to_the_next_send()
    {
        using DatagramSocket receiver = Bind("127.0.0.1", Plain);
        using DatagramSocket sender = Connect(receiver, Plain);
        receiver.Dispose();
        var batch = new DatagramBatch(1, 10);
        Assert.Equal(1, sender.TrySend(batch, 0, 1).Value);
        Assert.Equal(Errno.ECONNREFUSED, sender.TrySend(batch, 0, 1).Error);
    }

    [Fact]
    public void Sockets_that_share_a_port_share_its_flows()
    {
        var shared = new DatagramSocketOptions { SharePort = true };
        using DatagramSocket first = Bind("127.0.0.1", shared);
        using DatagramSocket second = DatagramSocket.Bind(_network.Namespace, first.LocalEndPoint, shared);
        var batch = new DatagramBatch(64, 10);
        for (int flow = 0; flow < 64; flow++)
        {
            using DatagramSocket sender = Connect(first, Plain);
            Assert.Equal(1, sender.TrySend(batch, 0, 1).Value);
        }

        int atFirst = first.TryReceive(batch).Value;
        int atSecond = second.TryReceive(batch).Value;
        Assert.Equal(64, atFirst + atSecond);
        Assert.InRange(atFirst, 1, 63);
    }

    [Fact]
    public void An_address_that_the_host_lacks_is_refused_by_name()
    {
        LinuxException refused = Assert.Throws<LinuxException>(() => Bind("192.0.2.1", Plain));
        Assert.Equal(Errno.EADDRNOTAVAIL, refused.Error);
        Assert.Contains("192.0.2.1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_without_a_route_is_refused_by_name()
    {
        LinuxException refused = Assert.Throws<LinuxException>(() => DatagramSocket.Connect(
            _network.Namespace, IPEndPoint.Parse("0.0.0.0:0"), IPEndPoint.Parse("198.51.100.1:9"), Plain));
        Assert.Equal(Errno.ENETUNREACH, refused.Error);
        Assert.Contains("198.51.100.1:9", refused.Message, StringComparison.Ordinal);
    }

    // What waits for a neighbour's link-layer address is charged to the socket that sent it (arp_queue in neighbour.c).
    [Fact]
    public void A_wait_for_room_ends_when_there_is_some()
    {
        _network.AddDevice("tap0", "tap");
        _network.Run("ip", "address", "add", "192.0.2.1/24", "dev", "tap0").OrThrow();
        _network.Run("ip", "link", "set", "tap0", "up").OrThrow();
        using DatagramSocket sender = DatagramSocket.Connect(
            _network.Namespace,
            IPEndPoint.Parse("192.0.2.1:0"),
            IPEndPoint.Parse("192.0.2.2:9"),
            new DatagramSocketOptions { SendBufferBytes = 4096 });
        using var interrupt = new EventFd();
        var batch = new DatagramBatch(64, 1000);
        Assert.InRange(sender.TrySend(batch, 0, 64).Value, 1, 63);
        Assert.Equal(Errno.EAGAIN, sender.TrySend(batch, 0, 64).Error);

        interrupt.Signal();
        Assert.True(InterruptibleWait.ForRoom(sender, interrupt));
        interrupt.Reset();
        _network.Run("ip", "neighbour", "replace", "192.0.2.2", "lladdr", "02:00:00:00:00:02", "dev", "tap0").OrThrow();
        Assert.False(InterruptibleWait.ForRoom(sender, interrupt));
        Assert.True(sender.TrySend(batch, 0, 1).IsSuccess);
    }

    [Fact]
    public void A_wait_for_time_ends_by_itself_or_by_interruption()
    {
        CurrentThread.MinimizeTimerSlack();
        using var interrupt = new EventFd();
        Assert.False(InterruptibleWait.ForTime(interrupt, 1));
        interrupt.Signal();
        Assert.True(InterruptibleWait.ForTime(interrupt, long.MaxValue));
    }

    private DatagramSocket Bind(string address, DatagramSocketOptions options) =>
        DatagramSocket.Bind(_network.Namespace, new IPEndPoint(IPAddress.Parse(address), 0), options);

    private DatagramSocket Connect(DatagramSocket receiver, DatagramSocketOptions options) =>
        DatagramSocket.Connect(
            _network.Namespace, new IPEndPoint(receiver.LocalEndPoint.Address, 0), receiver.LocalEndPoint, options);
}
