using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>A stream of known bytes over TCP from the left host to the right one.</summary>
internal static class TcpStream
{
    /// <summary>How many bytes it has.</summary>
    public const int Length = 20 << 20;

    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(Length);

    /// <summary>The hash of what is sent.</summary>
    public static string Hash { get; } = Convert.ToHexString(SHA256.HashData(Content));

    /// <summary>Sends it.</summary>
    /// <returns>The hash of what arrived.</returns>
    public static string Receive(QuietHosts hosts, IPAddress address)
    {
        using Socket listener = HostSocket.Create(hosts.Right, address, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        using Socket sender = HostSocket.Create(hosts.Left, address, ProtocolType.Tcp);
        sender.Connect(listener.LocalEndPoint!);
        using var receiver = new NetworkStream(listener.Accept(), ownsSocket: true);
        Task sending = Task.Run(() =>
        {
            sender.Send(Content);
            sender.Shutdown(SocketShutdown.Send);
        });
        string hash = Convert.ToHexString(SHA256.HashData(receiver));
        sending.GetAwaiter().GetResult();
        return hash;
    }
}
