using System.Net;
using System.Net.Sockets;
using FastTun.Batching;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Offload;
using FastTun.Queues;
using FastTun.TestKit;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Devices;

/// <summary>
/// A private host, 192.0.2.1, with one TUN, whose queue is in use on the test's own thread. Datagrams carry their number.
/// </summary>
internal sealed class DeviceQueueHost : IDisposable
{
    private const int Port = 7, PayloadOffset = 28;

    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly Socket _sender;
    private readonly Socket _receiver;

    public DeviceQueueHost(QueueIo io, bool offload, TunOffloads usable = TunOffloads.All)
    {
        // Router solicitations would come between the packets of the tests.
        _network.Run("sysctl", "-w", "net.ipv6.conf.default.disable_ipv6=1").OrThrow();
        Device = TunDevice.Open(new TunDeviceOptions
        {
            Name = "ta",
            Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")],
            Up = true,
            Offloads = offload ? TunOffloads.All : TunOffloads.None,
            Namespace = _network.Namespace,
        });
        TunQueue queue = Device.Queues[0];
        Queue = offload
            ? new TunOffloadQueue(queue, new DeviceOffloads(usable), io: io)
            : new TunPacketQueue(queue, io);
        Queue.Enter();
        _sender = Bind(0);
        _receiver = Bind(Port);
    }

    public TunDevice Device { get; }

    public IPacketQueue Queue { get; }

    public PacketBatch Batch { get; } = new(new PortTable([]));

    public bool DeviceExists => _network.Routes.TryGetLink("ta", out _);

    /// <summary>The numbers that the packets of the batch carry.</summary>
    public IEnumerable<int> Received
    {
        get
        {
            var numbers = new List<int>();
            foreach (Packet packet in Batch)
                numbers.Add(BitConverter.ToInt32(packet.Bytes[PayloadOffset..]));
            return numbers;
        }
    }

    /// <summary>The host sends datagrams, which then wait in the device's queue.</summary>
    public void Send(int first, int count)
    {
        var away = new IPEndPoint(IPAddress.Parse("198.51.100.1"), 9);
        for (int number = first; number < first + count; number++)
            _sender.SendTo(BitConverter.GetBytes(number), away);
    }

    /// <summary>The next batch.</summary>
    public QueueStatus Receive()
    {
        Batch.Clear(inputPort: 0);
        QueueStatus status = Queue.Receive(Batch);
        if (Queue.HasOffloads)
            OffloadRules.Classify(Batch);
        return status;
    }

    /// <summary>Fills the batch with datagrams for the host, each of a flow of its own, so that none is joined.</summary>
    public void Prepare(int first, int count)
    {
        Batch.Clear(inputPort: 0);
        for (int number = first; number < first + count; number++)
            Add(Datagram(number));
    }

    public void Add(byte[] packet, PacketOffload offload = default)
    {
        Assert.True(Batch.TryReserve(out Span<byte> room));
        packet.CopyTo(room);
        Batch.Add(packet.Length);
        ref PacketDescriptor descriptor = ref Batch.Descriptors[^1];
        (descriptor.OutputPort, descriptor.NetworkOffset, descriptor.Offload) = (0, 0, offload);
    }

    /// <summary>Transmits the batch.</summary>
    /// <returns>Why packets were dropped, one reason a packet.</returns>
    public DropReason[] Transmit()
    {
        Queue.Transmit(Batch, port: 0);
        return [.. Batch.Descriptors.ToArray().Select(packet => packet.Drop)];
    }

    /// <summary>The numbers that the host received, in their order.</summary>
    public int[] Arrived(int count)
    {
        var numbers = new int[count];
        byte[] room = new byte[100];
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(sizeof(int), _receiver.Receive(room));
            numbers[i] = BitConverter.ToInt32(room);
        }

        Assert.Equal(0, _receiver.Available);
        return numbers;
    }

    public void DeleteDevice() => _network.Routes.DeleteLink(Device.Index);

    public void Dispose()
    {
        Queue.Leave();
        _sender.Dispose();
        _receiver.Dispose();
        Device.Dispose();
        _network.Dispose();
    }

    private static byte[] Datagram(int number) => new PacketBuilder
    {
        Source = "198.51.100.1",
        Destination = "192.0.2.1",
        SourcePort = (ushort)(1024 + number % 60_000),
        DestinationPort = Port,
        Payload = BitConverter.GetBytes(number),
    }.Udp();

    private Socket Bind(int port)
    {
        Socket socket = _network.Namespace.Run(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = 60_000; // only a broken test waits this long
        socket.Bind(new IPEndPoint(IPAddress.Parse("192.0.2.1"), port));
        return socket;
    }
}
