using System.Net;
using System.Net.Sockets;

namespace FastTun.Traffic.Tcp;

/// <summary>
/// The connections of a trial, both ends of each. They are made one after the other, so that the ends need no marks to be
/// paired. The sockets block: only so does a call go straight to the kernel.
/// </summary>
internal sealed class TcpConnections : IDisposable
{
    private readonly Lock _changing = new();
    private readonly List<Socket> _open = [];
    private bool _disposed;

    /// <summary>The sending ends.</summary>
    public List<Socket> Senders { get; } = [];

    /// <summary>The receiving ends, in the same order.</summary>
    public List<Socket> Receivers { get; } = [];

    /// <summary>Makes them; <see cref="Dispose"/> on another thread ends it.</summary>
    /// <exception cref="SocketException">The kernel refused, or it was ended.</exception>
    /// <exception cref="ObjectDisposedException">It was ended.</exception>
    public void Connect(TrialPath path, int count)
    {
        Socket listener = Open(() => path.ReceiverNetwork.Run(() => NewSocket(path.ReceiverAddress)));
        listener.Bind(new IPEndPoint(path.ReceiverAddress, 0));
        listener.Listen();
        var target = new IPEndPoint(path.TargetAddress, ((IPEndPoint)listener.LocalEndPoint!).Port);
        for (int i = 0; i < count; i++)
        {
            Socket sender = Open(() => path.SenderNetwork.Run(() => NewSocket(path.SenderAddress)));
            sender.Bind(new IPEndPoint(path.SenderAddress, 0));
            sender.Connect(target);
            Senders.Add(sender);
            Receivers.Add(Open(listener.Accept));
        }
    }

    /// <summary>Closes all sockets; calls that wait in them end. Any thread, any number of times.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            _disposed = true;
            _open.ForEach(socket => socket.Dispose());
        }
    }

    // A socket lives in the namespace in which it was made; what is accepted, in its listener's.
    private static Socket NewSocket(IPAddress address) => new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

    private Socket Open(Func<Socket> open)
    {
        Socket socket = open();
        lock (_changing)
        {
            _open.Add(socket);
            if (_disposed)
                socket.Dispose();
        }

        return socket;
    }
}
