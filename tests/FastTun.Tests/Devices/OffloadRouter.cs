using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using FastTun.Batching;
using FastTun.Engine;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Queues;
using FastTun.Stages;
using FastTun.TestKit;
using FastTun.Tests.Engine;

namespace FastTun.Tests.Devices;

/// <summary>
/// Two private hosts with a TUN each, with offloads or without, and an engine between them that validates, takes a hop,
/// and rewrites: the left host, 198.18.0.1 and 2001:db8:18::1, knows the right one, 198.19.0.1 and 2001:db8:19::1, as
/// 203.0.113.1 and 2001:db8:113::1.
/// </summary>
internal sealed class OffloadRouter : IAsyncDisposable
{
    private const int UdpSegment = 103; // UDP_SEGMENT of linux/udp.h

    // Only a broken test waits this long.
    private const int PatienceMs = 60_000;

    private readonly PrivateNetwork _left = PrivateNetwork.Create();
    private readonly PrivateNetwork _right = PrivateNetwork.Create();
    private readonly TunDevice _leftDevice;
    private readonly TunDevice _rightDevice;

    /// <summary>Makes the hosts; nothing is forwarded before the engine is started.</summary>
    /// <param name="leftOffload">Whether the left device gives and takes unfinished packets.</param>
    /// <param name="rightOffload">Whether the right device does.</param>
    /// <param name="rightMtu">The right device's MTU; the left one's is 1500.</param>
    /// <param name="io">How both devices are read and written.</param>
    public OffloadRouter(bool leftOffload, bool rightOffload, int rightMtu = 1500, QueueIo io = QueueIo.Auto)
    {
        _leftDevice =
            Open(_left, "ta", leftOffload, 1500, "198.18.0.1 peer 203.0.113.1", "2001:db8:18::1 peer 2001:db8:113::1");
        _rightDevice =
            Open(_right, "tb", rightOffload, rightMtu, "198.19.0.1 peer 198.18.0.1", "2001:db8:19::1 peer 2001:db8:18::1");
        Engine = new ForwardingEngine([Port.FromDevice(_leftDevice, io: io), Port.FromDevice(_rightDevice, io: io)], Stages);
        _left.WaitForRoute("2001:db8:113::1");
        _right.WaitForRoute("2001:db8:18::1");
    }

    public ForwardingEngine Engine { get; }

    /// <summary>How many super-packets a stage has seen.</summary>
    public int SuperPackets { get; private set; }

    /// <summary>The right host's address, as the left host knows it or as it is.</summary>
    public static IPAddress Address(bool ipv6, bool asLeftKnowsIt) =>
        IPAddress.Parse((ipv6, asLeftKnowsIt) switch
        {
            (false, true) => "203.0.113.1",
            (false, false) => "198.19.0.1",
            (true, true) => "2001:db8:113::1",
            (true, false) => "2001:db8:19::1",
        });

    /// <summary>A socket of the right host, bound to a port of its own.</summary>
    public Socket Receiver(ProtocolType protocol, bool ipv6)
    {
        Socket socket = Create(_right, protocol, ipv6);
        socket.Bind(new IPEndPoint(Address(ipv6, asLeftKnowsIt: false), 0));
        return socket;
    }

    /// <summary>A socket of the left host, connected to one of the right host.</summary>
    /// <param name="receiver">What it is connected to.</param>
    /// <param name="segmentSize">After how many bytes the kernel is to cut what is sent at once; 0 for not at all.</param>
    public Socket Sender(Socket receiver, int segmentSize = 0)
    {
        bool ipv6 = receiver.AddressFamily == AddressFamily.InterNetworkV6;
        Socket socket = Create(_left, receiver.ProtocolType, ipv6);
        if (segmentSize > 0)
            CutInto(socket, segmentSize);
        socket.Connect(Address(ipv6, asLeftKnowsIt: true), ((IPEndPoint)receiver.LocalEndPoint!).Port);
        return socket;
    }

    /// <summary>Sends random bytes over TCP, and fails unless all of them arrive as they were sent.</summary>
    public async Task AssertStreamArrivesAsync(bool ipv6, CancellationToken cancellationToken)
    {
        byte[] content = RandomNumberGenerator.GetBytes(8 << 20);
        using Socket listener = Receiver(ProtocolType.Tcp, ipv6);
        listener.Listen();
        using Socket sender = Sender(listener);
        using var receiver = new NetworkStream(await listener.AcceptAsync(cancellationToken), ownsSocket: true);
        Task sending = Task.Run(() =>
        {
            sender.Send(content);
            sender.Shutdown(SocketShutdown.Send);
        }, cancellationToken);
        byte[] hash = await SHA256.HashDataAsync(receiver, cancellationToken);
        await sending;
        Assert.Equal(SHA256.HashData(content), hash);
    }

    /// <summary>Has the kernel cut what is sent at once into datagrams.</summary>
    public static void CutInto(Socket socket, int segmentSize) =>
        socket.SetRawSocketOption((int)ProtocolType.Udp, UdpSegment, BitConverter.GetBytes(segmentSize));

    /// <summary>The counters after an orderly stop, once they add up and no kernel has found a wrong checksum.</summary>
    public async Task<EngineSnapshot> StopAsync()
    {
        await Engine.StopAsync();
        EngineSnapshot snapshot = Engine.Snapshot();
        Assert.True(snapshot.Total.IsConserved, $"{snapshot.Total}");
        Assert.DoesNotContain(DropReason.BadOffload, snapshot.Total.Drops.Keys);
        foreach (PrivateNetwork host in new[] { _left, _right })
        {
            foreach (string counter in new[] { "IpInHdrErrors", "TcpInCsumErrors", "UdpInCsumErrors", "Udp6InCsumErrors" })
                Assert.True(Counter(host, counter) == 0, counter);
            Assert.InRange(Counter(host, "TcpRetransSegs"), 0, Counter(host, "TcpOutSegs") / 10);
        }

        return snapshot;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _leftDevice.Dispose();
        _rightDevice.Dispose();
        _left.Dispose();
        _right.Dispose();
    }

    private IReadOnlyList<IPacketStage> Stages() =>
    [
        new ValidationStage(),
        new TimeToLiveStage(),
        new AddressRewriteStage(
            Rewrite(AddressField.Destination, "203.0.113.1", "198.19.0.1", 0),
            Rewrite(AddressField.Source, "198.19.0.1", "203.0.113.1", 1),
            Rewrite(AddressField.Destination, "2001:db8:113::1", "2001:db8:19::1", 0),
            Rewrite(AddressField.Source, "2001:db8:19::1", "2001:db8:113::1", 1)),
        new ActionStage(packet => SuperPackets += packet.SegmentCount > 1 ? 1 : 0),
        new CrossConnectStage(),
    ];

    private static AddressRewrite Rewrite(AddressField field, string from, string to, int port) =>
        new(field, IPAddress.Parse(from), IPAddress.Parse(to), port);

    private static TunDevice Open(PrivateNetwork host, string name, bool offload, int mtu, params string[] addresses) =>
        TunDevice.Open(new TunDeviceOptions
        {
            Name = name,
            Mtu = mtu,
            Addresses = [.. addresses.Select(InterfaceAddress.Parse)],
            Up = true,
            Offloads = offload ? TunOffloads.All : TunOffloads.None,
            Namespace = host.Namespace,
        });

    private static Socket Create(PrivateNetwork host, ProtocolType protocol, bool v6) => host.Namespace.Run(() => new Socket(
        v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
        protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram,
        protocol)
    {
        SendTimeout = PatienceMs,
        ReceiveTimeout = PatienceMs,
    });

    private static long Counter(PrivateNetwork host, string name)
    {
        string counters = host.Run("nstat", "-asz", "--json", name).OrThrow().Output;
        return JsonDocument.Parse(counters).RootElement.GetProperty("kernel").GetProperty(name).GetInt64();
    }
}
