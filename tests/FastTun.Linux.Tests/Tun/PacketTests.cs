using System.Buffers.Binary;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>Packets that the host really sends and really takes.</summary>
public sealed class PacketTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(1, true, false)]
    [InlineData(1, false, true)]
    [InlineData(4, false, false)]
    public void A_ping_is_read_and_its_answer_arrives(int queues, bool packetInformation, bool virtioNetHeader)
    {
        using TunDevice device = Open(queues, packetInformation, virtioNetHeader);
        using var answers = new Answering(device.Queues, (packetInformation ? 4 : 0) + (virtioNetHeader ? 10 : 0));

        ToolResult ping = _network.Run("ping", "-n", "-c", "5", "-i", "0.01", "-W", "20", "198.51.100.1");

        Assert.Contains("5 packets transmitted, 5 received", ping.Output);
    }

    [Fact]
    public void The_peers_network_is_behind_the_device_and_the_counters_count()
    {
        using TunDevice device = Open();
        using var answers = new Answering(device.Queues, 0);
        LinkStatistics before = device.Statistics;

        _network.Run("ping", "-n", "-c", "3", "-i", "0.01", "-s", "100", "-W", "20", "198.51.100.200").OrThrow();

        LinkStatistics after = device.Statistics;
        Assert.InRange(after.ReceivedPackets - before.ReceivedPackets, 3ul, 3ul);
        Assert.Equal(3ul * 128, after.ReceivedBytes - before.ReceivedBytes);
        Assert.True(after.TransmittedPackets - before.TransmittedPackets >= 3);
    }

    [Fact]
    public void Packet_information_says_the_protocol()
    {
        using TunDevice device = Open(packetInformation: true);
        using Tool ping = _network.Start("ping", "-n", "-c", "1", "198.51.100.1");
        var buffer = new byte[2048];
        int length = ReadRequest(device, buffer, headerBytes: 4);

        Assert.Equal(4 + 84, length);
        Assert.Equal(0x0800, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(2)));
    }

    [Fact]
    public void What_does_not_fit_is_cut()
    {
        using TunDevice device = Open();
        using Tool ping = _network.Start("ping", "-n", "-c", "1", "198.51.100.1");
        var buffer = new byte[30];

        Assert.Equal(30, ReadRequest(device, buffer, headerBytes: 0));
        Assert.Equal(84, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(2)));
    }

    [Fact]
    public void A_tap_carries_frames()
    {
        using TunDevice device = TunDevice.Open(new TunDeviceOptions
        {
            Mode = TunMode.Tap,
            Addresses = [InterfaceAddress.Parse("192.0.2.1/24")],
            Up = true,
            Namespace = _network.Namespace,
        });
        using Tool ping = _network.Start("ping", "-n", "-c", "1", "192.0.2.2");
        var frame = new byte[2048];
        ushort protocol = 0;
        while (protocol != 0x0806)
        {
            Assert.True(device.Read(frame, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) >= 14);
            protocol = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));
        }

        Assert.Equal("FFFFFFFFFFFF", Convert.ToHexString(frame, 0, 6));
        Assert.Equal(device.HardwareAddress.GetAddressBytes(), frame[6..12]);
    }

    [Fact]
    public void Nobody_is_asked_for_a_link_address_on_a_tun()
    {
        using TunDevice device = Open();
        using Tool ping = _network.Start("ping", "-n", "-c", "1", "198.51.100.77");
        var buffer = new byte[2048];

        Assert.Equal(84, ReadRequest(device, buffer, headerBytes: 0));
        Assert.Equal([192, 0, 2, 1, 198, 51, 100, 77], buffer[12..20]);
        Assert.DoesNotContain("198.51.100.77", _network.Run("ip", "neighbour").Output);
    }

    [Fact]
    public void Refused_packets_have_their_errors()
    {
        using TunDevice device = Open();
        TunQueue queue = device.Queues[0];

        Assert.Equal(Errno.EINVAL, queue.TryWrite([0x00, 1, 2, 3]).Error);
        Assert.Equal(Errno.EINVAL, queue.TryWrite([]).Error);
        Assert.Equal(3, queue.TryWrite([0x45, 0, 0]).Value);
        Assert.Equal(9000, queue.TryWrite(LongPacket(9000)).Value);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => device.Write([0x00])).Error);
        device.Down();
        Assert.Equal(Errno.EIO, queue.TryWrite([0x45, 0, 0]).Error);
        Assert.Contains("the device is down", Assert.Throws<LinuxException>(() => device.Write([0x45])).Message);
        queue.Dispose();
        Assert.Equal(Errno.EBADF, queue.TryWrite([0x45]).Error);
        Assert.Equal(Errno.EBADF, queue.TryRead(new byte[100]).Error);
    }

    [Fact]
    public void A_device_that_is_deleted_is_gone_for_its_queues()
    {
        using TunDevice device = Open(queues: 2);
        _network.Routes.DeleteLink(device.Index);

        Assert.Equal(Errno.EBADFD, device.Queues[1].TryRead(new byte[100]).Error);
        Assert.Equal(Errno.EBADFD, device.Queues[1].TryWrite([0x45]).Error);
        Action[] uses = [() => device.Read(new byte[100]), () => _ = device.Name, device.Up, () => device.AttachQueue()];
        foreach (Action use in uses)
        {
            var refusal = Assert.Throws<LinuxException>(use);
            Assert.Equal(Errno.EBADFD, refusal.Error);
            Assert.EndsWith("EBADFD: the device is gone", refusal.Message);
        }
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        using TunDevice device = Open();
        TunQueue queue = device.Queues[0];
        var buffer = new byte[2048];
        ReadOnlySpan<byte> packet = [0x45, 0, 0];
        Use(queue, buffer, packet, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Use(queue, buffer, packet, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_devices_own_read_and_write_allocate_nothing()
    {
        using TunDevice device = Open();
        device.Up();
        var buffer = new byte[2048];
        Use(device, buffer, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Use(device, buffer, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Use(TunDevice device, byte[] buffer, int times)
    {
        // 20 bytes of IPv4 that the host throws away.
        ReadOnlySpan<byte> packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (int i = 0; i < times; i++)
        {
            device.Read(buffer, TimeSpan.Zero);
            device.Write(packet);
        }
    }

    private static void Use(TunQueue queue, byte[] buffer, ReadOnlySpan<byte> packet, int times)
    {
        for (int i = 0; i < times; i++)
        {
            queue.TryRead(buffer);
            queue.TryWrite(packet);
        }
    }

    private static byte[] LongPacket(int length)
    {
        var packet = new byte[length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)length);
        return packet;
    }

    private static int ReadRequest(TunDevice device, byte[] buffer, int headerBytes)
    {
        while (true)
        {
            int length = device.Read(buffer, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.NotEqual(0, length);
            if (buffer[headerBytes] == 0x45)
                return length;
        }
    }

    private TunDevice Open(int queues = 1, bool packetInformation = false, bool virtioNetHeader = false) =>
        TunDevice.Open(new TunDeviceOptions
        {
            QueueCount = queues,
            PacketInformation = packetInformation,
            VirtioNetHeader = virtioNetHeader,
            Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")],
            Up = true,
            Namespace = _network.Namespace,
        });
}
