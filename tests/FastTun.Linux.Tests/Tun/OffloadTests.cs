using System.Net;
using System.Net.Sockets;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>Unfinished packets: what is granted, what ethtool says of it, and what the host's sockets really send.</summary>
public sealed class OffloadTests : IDisposable
{
    private const int Mtu = 1500, StreamBytes = 1_000_000;
    private const int GsoTcp4 = 1, GsoTcp6 = 4, GsoUdp = 5;
    private const TunOffloads TcpOnly = TunOffloads.Checksum | TunOffloads.Tcp;

    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData("198.51.100.1", GsoTcp4)]
    [InlineData("2001:db8:2::1", GsoTcp6)]
    public void Tcp_comes_in_long_packets_where_they_are_taken(string server, int gsoType)
    {
        using var wire = new Wire(TcpOnly);
        Assert.Equal(TcpOnly, wire.Left.Offloads);

        Stream(wire, server);

        Wire.Passed[] longer = [.. wire.TakePassed().Where(packet => packet.Length > Mtu)];
        Assert.NotEmpty(longer);
        Assert.All(longer, packet => Assert.Equal((true, gsoType), (packet.NeedsChecksum, packet.GsoType)));
        Assert.All(longer, packet => Assert.InRange(packet.SegmentBytes, 1000, Mtu - 40));
    }

    [Theory]
    [InlineData("198.51.100.1", TunOffloads.Checksum)]
    [InlineData("198.51.100.1", TunOffloads.None)]
    [InlineData("198.51.100.1", TunOffloads.Checksum | TunOffloads.Tcp6)]
    [InlineData("2001:db8:2::1", TunOffloads.Checksum | TunOffloads.Tcp4)]
    public void Tcp_is_cut_by_the_host_where_they_are_not(string server, TunOffloads offloads)
    {
        using var wire = new Wire(offloads);

        Stream(wire, server);

        Wire.Passed[] passed = wire.TakePassed();
        Assert.Contains(passed, packet => packet.Length == Mtu);
        Assert.All(passed, packet => Assert.True(packet.Length <= Mtu && packet.GsoType == 0));
        Assert.Equal(offloads != TunOffloads.None, passed.Any(packet => packet.NeedsChecksum));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Udp_comes_in_long_packets_where_they_are_taken(bool isTaken)
    {
        using TunDevice device = Open(isTaken ? TunOffloads.All : TcpOnly);
        using Socket socket = _network.Namespace.Run(() => new Socket(SocketType.Dgram, ProtocolType.Udp));
        socket.SetRawSocketOption(SolUdp, UdpSegment, BitConverter.GetBytes(1000));
        socket.SendTo(new byte[10_000], new IPEndPoint(IPAddress.Parse("198.51.100.1"), 9));

        (int length, int gsoType, int segment) = ReadUdp(device);

        Assert.Equal(isTaken ? (10_028, GsoUdp, 1000) : (1028, 0, 0), (length, gsoType, segment));
    }

    [Fact]
    public void Every_set_is_what_ethtool_says()
    {
        TunOffloads[] sets =
            [TunOffloads.None, TunOffloads.Checksum, TunOffloads.Checksum | TunOffloads.Tcp4, TcpOnly, TunOffloads.All];
        foreach (TunOffloads set in sets)
        {
            using TunDevice device = Open(set);
            Assert.Equal((set, set), (device.Offloads, InForce()));
            Assert.Equal(set != TunOffloads.None, device.HasVirtioNetHeader);
        }
    }

    [Fact]
    public void Less_can_be_had_later()
    {
        using TunDevice device = Open(TunOffloads.All, queues: 2);

        Assert.Equal(TcpOnly, device.DisableOffloads(TunOffloads.Udp4));
        Assert.Equal((TcpOnly, TcpOnly), (device.Offloads, InForce()));
        device.AttachQueue();
        Assert.Equal((TcpOnly, TcpOnly), (device.Offloads, InForce()));
        Assert.Equal(TcpOnly & ~TunOffloads.TcpEcn, device.DisableOffloads(TunOffloads.TcpEcn));
        device.Queues[0].Dispose();
        Assert.Equal(TunOffloads.None, device.DisableOffloads(TunOffloads.Checksum));
        Assert.Equal(TunOffloads.None, InForce());
    }

    [Fact]
    public void A_stream_goes_on_when_they_are_disabled()
    {
        using var wire = new Wire(TunOffloads.All);
        Stream(wire, "198.51.100.1");
        Assert.Contains(wire.TakePassed(), packet => packet.Length > Mtu);

        wire.Left.DisableOffloads(TunOffloads.All);
        Stream(wire, "198.51.100.1");

        Assert.DoesNotContain(wire.TakePassed(), packet => packet.Length > Mtu);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stale_set_ends_with_the_next_user(bool hasHeader)
    {
        using (TunDevice before = Open(TunOffloads.All, persistent: true))
            Assert.Equal(TunOffloads.All, InForce());
        Assert.Equal(TunOffloads.All, InForce());

        using TunDevice after = TunDevice.Open(new TunDeviceOptions
        {
            Name = "off0",
            VirtioNetHeader = hasHeader,
            Namespace = _network.Namespace,
        });

        Assert.Equal((TunOffloads.None, TunOffloads.None), (after.Offloads, InForce()));
    }

    [Fact]
    public void A_refusal_leaves_none_on()
    {
        Open(TunOffloads.None, persistent: true).Dispose();
        Leftovers before = Leftovers.Of(_network);

        var refusal = Assert.Throws<LinuxException>(() => TunDevice.Open(new TunDeviceOptions
        {
            Name = "off0",
            Offloads = TunOffloads.All,
            Routes = [InterfaceRoute.Parse("203.0.113.0/24 via 192.0.2.77")],
            Namespace = _network.Namespace,
        }));

        Assert.Equal(Errno.ENETUNREACH, refusal.Error);
        Assert.Equal(TunOffloads.None, InForce());
        Assert.Equal(before.Descriptors, Leftovers.Of(_network).Descriptors);
    }

    [Fact]
    public void Adopted_queues_give_finished_packets()
    {
        using TunDevice device = Open(TunOffloads.All);
        using TunDevice adopted = TunDevice.Adopt(device.Queues[0].Descriptor.Duplicate());

        Assert.True(adopted.HasVirtioNetHeader);
        Assert.Equal((TunOffloads.None, TunOffloads.None), (adopted.Offloads, InForce()));
    }

    private const int SolUdp = 17, UdpSegment = 103;

    private static void Stream(Wire wire, string server)
    {
        var end = new IPEndPoint(IPAddress.Parse(server), 5001);
        using Socket listener = wire.RightNetwork.Namespace.Run(() => NewTcp(end.AddressFamily));
        listener.Bind(end);
        listener.Listen();
        using Socket client = wire.LeftNetwork.Namespace.Run(() => NewTcp(end.AddressFamily));
        client.Connect(end);
        using Socket accepted = listener.Accept();
        var sender = new Thread(() =>
        {
            client.Send(new byte[StreamBytes]);
            client.Shutdown(SocketShutdown.Send);
        });
        sender.Start();
        var buffer = new byte[65536];
        int received = 0;
        for (int length; (length = accepted.Receive(buffer)) > 0; received += length)
        {
        }

        sender.Join();
        Assert.Equal(StreamBytes, received);
    }

    private static Socket NewTcp(AddressFamily family) => new(family, SocketType.Stream, ProtocolType.Tcp);

    private static (int Length, int GsoType, int SegmentBytes) ReadUdp(TunDevice device)
    {
        var packet = new byte[10 + 65535];
        while (true)
        {
            int length = device.Read(packet, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.NotEqual(0, length);
            if (packet[10] == 0x45 && packet[10 + 9] == 17)
                return (length - 10, packet[1], BitConverter.ToUInt16(packet, 4));
        }
    }

    private TunDevice Open(TunOffloads offloads, int queues = 1, bool? persistent = null) =>
        TunDevice.Open(new TunDeviceOptions
        {
            Name = "off0",
            QueueCount = queues,
            Offloads = offloads,
            Persistent = persistent,
            Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")],
            Up = true,
            Namespace = _network.Namespace,
        });

    // In ethtool's words; its UDP has one switch for both.
    private TunOffloads InForce()
    {
        string text = _network.Run("ethtool", "-k", "off0").OrThrow().Output;
        TunOffloads If(string feature, TunOffloads offload) =>
            text.Contains(feature + ": on") ? offload : TunOffloads.None;
        return If("tx-checksum-ip-generic", TunOffloads.Checksum) | If("tx-tcp-segmentation", TunOffloads.Tcp4)
            | If("tx-tcp6-segmentation", TunOffloads.Tcp6) | If("tx-tcp-ecn-segmentation", TunOffloads.TcpEcn)
            | If("tx-udp-segmentation", TunOffloads.Udp);
    }
}
