using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests;

/// <summary>A ring over the queue of a TUN: batches in one system call, in order, and no read that waits.</summary>
public sealed class TunRingTests : IDisposable
{
    private const int Slot = 2048;

    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly byte[] _slab = GC.AllocateArray<byte>(64 * Slot, pinned: true);

    public void Dispose() => _network.Dispose();

    [Fact]
    public void One_submission_reads_what_is_there_and_says_where_there_is_no_more()
    {
        using TunDevice device = Open();
        using var ring = new IoUring(64, device.Queues[0].Descriptor);
        Send(5);
        for (int i = 0; i < 8; i++)
            Assert.True(ring.TryPrepareRead(0, _slab.AsSpan(i * Slot, Slot), (ulong)i));

        Assert.Equal(8, ring.Submit().Value);

        List<IoCompletion> completions = TakeAll(ring);
        Assert.Equal(Enumerable.Range(0, 8), completions.Select(completion => (int)completion.Tag));
        Assert.Equal([29, 29, 29, 29, 29], completions.Take(5).Select(completion => completion.Result.Value));
        Assert.All(completions.Skip(5), completion => Assert.Equal(Errno.EAGAIN, completion.Result.Error));
        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, 5).Select(i => (int)_slab[i * Slot + 28]));
    }

    [Fact]
    public void Writes_and_reads_of_one_submission_keep_their_order()
    {
        using TunDevice device = Open();
        using Socket receiver = Udp("192.0.2.1", 7);
        using var ring = new IoUring(64, device.Queues[0].Descriptor);
        Send(1);
        var writes = new WriteList(2);
        for (int i = 0; i < 20; i++)
        {
            Span<byte> packet = Datagram(_slab.AsSpan(i * Slot), (byte)i);
            if (i == 10)
            {
                writes.Begin(packet[..20]);
                writes.Extend(packet[20..]);
                Assert.True(ring.TryPrepareWrite(0, writes, 0, (ulong)i));
            }
            else
            {
                Assert.True(ring.TryPrepareWrite(0, packet, (ulong)i));
            }
        }

        Assert.True(ring.TryPrepareRead(0, _slab.AsSpan(20 * Slot, Slot), 20));
        Assert.Equal(21, ring.Submit().Value);

        Assert.All(TakeAll(ring), completion => Assert.Equal(29, completion.Result.Value));
        var received = new byte[100];
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(1, receiver.Receive(received));
            Assert.Equal(i, received[0]);
        }
    }

    [Fact]
    public void A_poll_wakes_for_a_packet()
    {
        using TunDevice device = Open();
        using var ring = new IoUring(4, device.Queues[0].Descriptor);
        ring.TryPreparePoll(0, 1);
        Assert.Equal(1, ring.Submit().Value);
        Assert.False(ring.TryTake(out _));

        var sender = new Thread(() => Send(1));
        sender.Start();
        ring.Submit(waitFor: 1);
        sender.Join();

        Assert.True(ring.TryTake(out IoCompletion poll) && poll.Result.IsSuccess);
        Assert.Equal(29, device.Queues[0].TryRead(_slab).Value);
    }

    [Fact]
    public void Errors_are_those_of_the_system_calls()
    {
        using TunDevice device = Open();
        using var ring = new IoUring(4, device.Queues[0].Descriptor);
        _slab[0] = 0x00;
        Assert.Equal(Errno.EINVAL, Write(ring));
        _slab[0] = 0x45;
        Assert.Equal(Errno.None, Write(ring));
        device.Down();
        Assert.Equal(Errno.EIO, Write(ring));
        _network.Routes.DeleteLink(device.Index);
        Assert.Equal(Errno.EBADFD, Write(ring));
    }

    [Fact]
    public void The_device_stays_with_the_ring_and_goes_with_it_though_a_poll_is_waiting()
    {
        TunDevice device = Open();
        var ring = new IoUring(4, device.Queues[0].Descriptor);
        ring.TryPreparePoll(0, 1);
        Assert.Equal(1, ring.Submit().Value);

        device.Dispose();
        Assert.True(_network.Routes.TryGetLink("tun0", out _));
        ring.Dispose();
        Assert.False(_network.Routes.TryGetLink("tun0", out _));
    }

    private Errno Write(IoUring ring)
    {
        Assert.True(ring.TryPrepareWrite(0, _slab.AsSpan(0, 4), 0));
        Assert.Equal(1, ring.Submit(waitFor: 1).Value);
        Assert.True(ring.TryTake(out IoCompletion completion));
        return completion.Result.Error;
    }

    private static List<IoCompletion> TakeAll(IoUring ring)
    {
        List<IoCompletion> taken = [];
        while (ring.TryTake(out IoCompletion completion))
            taken.Add(completion);
        return taken;
    }

    // Out of the device come datagrams whose one byte counts them.
    private void Send(int count)
    {
        using Socket sender = Udp("192.0.2.1", 0);
        for (int i = 0; i < count; i++)
            sender.SendTo([(byte)i], new IPEndPoint(IPAddress.Parse("198.51.100.1"), 9));
    }

    private Socket Udp(string address, int port)
    {
        Socket socket = _network.Namespace.Run(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    }

    // From 198.51.100.1 to port 7 of 192.0.2.1, without a UDP checksum (RFC 768 lets IPv4 do so).
    private static Span<byte> Datagram(Span<byte> room, byte payload)
    {
        byte[] header = [0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0, 198, 51, 100, 1, 192, 0, 2, 1, 0, 9, 0, 7, 0, 9, 0, 0];
        int sum = 0;
        for (int i = 0; i < 20; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(i));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), (ushort)~((sum & 0xFFFF) + (sum >> 16)));
        header.CopyTo(room);
        room[28] = payload;
        return room[..29];
    }

    private TunDevice Open()
    {
        // Router solicitations would come between the packets of the tests.
        _network.Run("sysctl", "-w", "net.ipv6.conf.default.disable_ipv6=1").OrThrow();
        return TunDevice.Open(new TunDeviceOptions
        {
            Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")],
            Up = true,
            Namespace = _network.Namespace,
        });
    }
}
