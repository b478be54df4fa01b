using System.Net;
using System.Net.Sockets;
using FastTun.TestKit;
using FastTun.Traffic.Tcp;

namespace FastTun.Traffic.Tests.Tcp;

/// <summary>A receiver whose stream is written by hand.</summary>
public sealed class TcpReceiverTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly TcpConnections _connections = new();

    public TcpReceiverTests()
    {
        IPAddress here = IPAddress.Loopback;
        _connections.Connect(new TrialPath(_network.Namespace, here, here, _network.Namespace, here), 1);
    }

    public void Dispose()
    {
        _connections.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void A_changed_byte_counts_as_one()
    {
        byte[] content = BytePattern.At(77, 50_000).ToArray();
        content[49_999] ^= 0x80;
        TcpReceiver receiver = Receive(content, offset: 77);
        Assert.Equal((50_000, 1, false), (receiver.Received, receiver.Corrupt, receiver.IsBroken));
    }

    [Fact]
    public void A_lost_segment_shows_in_all_that_follows()
    {
        TcpReceiver receiver = Receive([.. BytePattern.At(0, 1000), .. BytePattern.At(1000 + 1448, 9000)], offset: 0);
        Assert.Equal(10_000, receiver.Received);
        Assert.InRange(receiver.Corrupt, 8800, 9000);
    }

    [Fact]
    public void A_reset_breaks_the_stream()
    {
        _connections.Senders[0].LingerState = new LingerOption(true, 0);
        TcpReceiver receiver = Receive([], offset: 0, close: socket => socket.Dispose());
        Assert.True(receiver.IsBroken);
    }

    private TcpReceiver Receive(byte[] content, long offset, Action<Socket>? close = null)
    {
        Socket sender = _connections.Senders[0];
        sender.Send(content);
        (close ?? (socket => socket.Shutdown(SocketShutdown.Send)))(sender);
        var receiver = new TcpReceiver(_connections.Receivers[0], offset);
        receiver.Run();
        return receiver;
    }
}
