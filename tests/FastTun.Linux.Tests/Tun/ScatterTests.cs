using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>Packets written from pieces.</summary>
public sealed class ScatterTests : IDisposable
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

        var pieces = new ScatterList(65);
        pieces.Add(packet.AsSpan(0, 20));
        while (pieces.Count < 64)
            pieces.Add(packet.AsSpan(pieces.Length, 15));
        pieces.Add(packet.AsSpan(pieces.Length, length - pieces.Length));

        Assert.Equal((65, 65, 1028), (pieces.Count, pieces.Capacity, pieces.Length));
        Assert.Equal(1028, device.Queues[0].TryWrite(pieces).Value);
        Assert.Contains("1 received", ping.Wait().Output);
        Assert.Throws<IndexOutOfRangeException>(() => pieces.Add(packet));
        pieces.Clear();
        Assert.Equal((0, 0), (pieces.Count, pieces.Length));
    }

    [Fact]
    public void It_is_refused_as_one_piece_is()
    {
        using TunDevice device = Open();
        TunQueue queue = device.Queues[0];
        byte[] bytes = GC.AllocateArray<byte>(4, pinned: true);
        var pieces = new ScatterList(2);

        Assert.Equal(SysResult.Success(0), queue.TryWrite(pieces));
        pieces.Add(bytes.AsSpan(0, 2));
        pieces.Add(bytes.AsSpan(2, 2));
        Assert.Equal(Errno.EINVAL, queue.TryWrite(pieces).Error);
        bytes[0] = 0x45;
        Assert.Equal(4, queue.TryWrite(pieces).Value);
        device.Down();
        Assert.Equal(Errno.EIO, queue.TryWrite(pieces).Error);
        queue.Dispose();
        Assert.Equal(Errno.EBADF, queue.TryWrite(pieces).Error);
    }

    [Fact]
    public void It_allocates_nothing()
    {
        using TunDevice device = Open();
        TunQueue queue = device.Queues[0];
        byte[] bytes = GC.AllocateArray<byte>(4, pinned: true);
        bytes[0] = 0x45;
        var pieces = new ScatterList(2);
        Use(queue, pieces, bytes, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Use(queue, pieces, bytes, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void The_kernel_takes_1024_at_most(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScatterList(capacity));

    private static void Use(TunQueue queue, ScatterList pieces, byte[] bytes, int times)
    {
        for (int i = 0; i < times; i++)
        {
            pieces.Clear();
            pieces.Add(bytes.AsSpan(0, 1));
            pieces.Add(bytes.AsSpan(1));
            queue.TryWrite(pieces);
        }
    }

    private TunDevice Open() => TunDevice.Open(new TunDeviceOptions
    {
        Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")],
        Up = true,
        Namespace = _network.Namespace,
    });
}
