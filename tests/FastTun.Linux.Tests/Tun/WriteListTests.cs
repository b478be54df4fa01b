using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>Packets written from pieces.</summary>
public sealed class WriteListTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void A_reply_in_sixty_five_pieces_arrives()
    {
        using TunDevice device = Open();
        using Tool ping = _network.Start("ping", "-n", "-c", "1", "-s", "1000", "-W", "60", "198.51.100.1");
        byte[] packet = GC.AllocateArray<byte>(2048, pinned: true);
        int length;
        do
            length = device.Read(packet, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        while (!Echo.IsRequest(packet.AsSpan(0, length)));
        Echo.TurnRound(packet.AsSpan(0, length));

        var writes = new WriteList(66);
        writes.Begin([0]);
        writes.Begin(packet.AsSpan(0, 20));
        int end = 20;
        for (; end < 20 + 63 * 15; end += 15)
            writes.Extend(packet.AsSpan(end, 15));
        writes.Extend(packet.AsSpan(end, length - end));

        Assert.Equal(2, writes.Count);
        Assert.Equal(1028, device.Queues[0].TryWrite(writes, 1).Value);
        Assert.Contains("1 received", ping.Wait().Output);
        Assert.Throws<IndexOutOfRangeException>(() => writes.Extend(packet));
        Assert.Throws<IndexOutOfRangeException>(() => writes.Begin(packet));
        writes.Clear();
        Assert.Equal(0, writes.Count);
    }

    [Fact]
    public void It_is_refused_as_one_piece_is()
    {
        using TunDevice device = Open();
        TunQueue queue = device.Queues[0];
        byte[] bytes = GC.AllocateArray<byte>(4, pinned: true);
        var writes = new WriteList(2);
        writes.Begin(bytes.AsSpan(0, 2));
        writes.Extend(bytes.AsSpan(2, 2));
        Assert.Equal(Errno.EINVAL, queue.TryWrite(writes, 0).Error);
        bytes[0] = 0x45;
        Assert.Equal(4, queue.TryWrite(writes, 0).Value);
        device.Down();
        Assert.Equal(Errno.EIO, queue.TryWrite(writes, 0).Error);
        queue.Dispose();
        Assert.Equal(Errno.EBADF, queue.TryWrite(writes, 0).Error);
    }

    [Fact]
    public void It_allocates_nothing()
    {
        using TunDevice device = Open();
        TunQueue queue = device.Queues[0];
        byte[] bytes = GC.AllocateArray<byte>(4, pinned: true);
        bytes[0] = 0x45;
        var writes = new WriteList(2);
        Use(queue, writes, bytes, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Use(queue, writes, bytes, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void The_kernel_takes_1024_at_most(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WriteList(capacity));

    private static void Use(TunQueue queue, WriteList writes, byte[] bytes, int times)
    {
        for (int i = 0; i < times; i++)
        {
            writes.Clear();
            writes.Begin(bytes.AsSpan(0, 1));
            writes.Extend(bytes.AsSpan(1));
            queue.TryWrite(writes, 0);
        }
    }

    private TunDevice Open() => TunDevice.Open(new TunDeviceOptions
    {
        Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")],
        Up = true,
        Namespace = _network.Namespace,
    });
}
