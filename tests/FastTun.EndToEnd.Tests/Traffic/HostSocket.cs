using System.Net;
using System.Net.Sockets;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>Sockets of a private host: one stays in the namespace that it was made in, whoever uses it.</summary>
internal static class HostSocket
{
    // Only a broken test waits this long.
    private const int PatienceMs = 60_000;

    /// <summary>Makes a socket whose calls fail rather than wait forever.</summary>
    /// <param name="host">Where it sends and listens.</param>
    /// <param name="address">An address of the family it is for.</param>
    /// <param name="protocol">TCP or UDP.</param>
    public static Socket Create(PrivateNetwork host, IPAddress address, ProtocolType protocol)
    {
        SocketType type = protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram;
        return host.Namespace.Run(() => new Socket(address.AddressFamily, type, protocol)
        {
            SendTimeout = PatienceMs,
            ReceiveTimeout = PatienceMs,
        });
    }
}
