using System.Net;
using System.Net.Sockets;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Bpf;

/// <summary>Datagrams that a host sends, and the queues that they come out of.</summary>
internal static class SteeredTraffic
{
    public static void Send(PrivateNetwork network, string from, int fromPort, string to, int toPort, int bytes = 1)
    {
        var target = new IPEndPoint(IPAddress.Parse(to), toPort);
        using Socket socket = network.Namespace.Run(
            () => new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), fromPort));
        socket.SendTo(new byte[bytes], target);
    }

    // UDP, whole or in fragments; what the host says of its own accord (RFC 4861) is left out.
    public static (int Queue, byte[] Packet)[] Receive(TunDevice device, int linkHeaderBytes = 0)
    {
        List<(int, byte[])> packets = [];
        var buffer = new byte[2048];
        foreach (TunQueue queue in device.Queues)
        {
            for (SysResult read; (read = queue.TryRead(buffer)).IsSuccess;)
            {
                ReadOnlySpan<byte> packet = buffer.AsSpan(linkHeaderBytes, read.Value - linkHeaderBytes);
                byte protocol = packet[packet[0] >> 4 == 6 ? 6 : 9];
                if (protocol is 17 or 44)
                    packets.Add((queue.Index, buffer[..read.Value]));
            }
        }

        return [.. packets];
    }
}
