using System.Net;
using System.Net.Sockets;
using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Sockets;

/// <summary>
/// A UDP socket over IPv4 or IPv6, of the namespace in which it was made, wherever its threads are. It never blocks: who has
/// nothing to receive waits for <see cref="Descriptor"/> in a wait set, and who finds no room to send in
/// <see cref="InterruptibleWait.ForRoom"/>. One thread sends and one receives at a time; they end before it is disposed.
/// </summary>
public sealed unsafe class DatagramSocket : IDisposable
{
    private readonly IPEndPoint _boundTo;

    private DatagramSocket(IPEndPoint local, DatagramSocketOptions options)
    {
        _boundTo = local;
        int family = local.AddressFamily == AddressFamily.InterNetworkV6 ? SysSocket.AF_INET6 : SysSocket.AF_INET;
        int number = LibC.socket(family, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, LibC.IPPROTO_UDP);
        Descriptor = new FileDescriptor(SysResult.FromReturn(number).OrThrow("socket", $"UDP for {local}"));
        try
        {
            options.ApplyTo(Descriptor);
            Address(local, connect: false).OrThrow("bind", local.ToString(), BindHint(local));
        }
        catch
        {
            Descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Readable when a datagram waits; it belongs to this socket.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Where it is bound; the port is the real one also if it was left to the kernel.</summary>
    public IPEndPoint LocalEndPoint
    {
        get
        {
            SocketAddress address = _boundTo.Serialize();
            socklen_t length = address.Size;
            fixed (byte* bytes = address.Buffer.Span)
            {
                int result = LibC.getsockname(Descriptor.Number, (sockaddr*)bytes, &length);
                SysResult.FromReturn(result).OrThrow("getsockname", _boundTo.ToString());
            }

            return (IPEndPoint)_boundTo.Create(address);
        }
    }

    /// <summary>
    /// How many datagrams the kernel has thrown away at this socket: its receive buffer was full, or the checksum wrong. The
    /// kernel counts in 32 bits, and begins anew at 0.
    /// </summary>
    public uint Drops
    {
        get
        {
            uint* info = stackalloc uint[SocketOptions.SK_MEMINFO_VARS];
            socklen_t length = SocketOptions.SK_MEMINFO_VARS * sizeof(uint);
            int result = LibC.getsockopt(Descriptor.Number, LibC.SOL_SOCKET, LibC.SO_MEMINFO, info, &length);
            SysResult.FromReturn(result).OrThrow("getsockopt SO_MEMINFO", _boundTo.ToString());
            return info[SocketOptions.SK_MEMINFO_DROPS];
        }
    }

    /// <summary>Opens a socket that receives from anyone.</summary>
    /// <param name="network">Where it lives.</param>
    /// <param name="local">Its address, and its port; port 0 leaves the choice to the kernel.</param>
    /// <param name="options">How it is set up.</param>
    /// <exception cref="LinuxException">EADDRNOTAVAIL, EADDRINUSE, and whatever else the kernel refused.</exception>
    public static DatagramSocket Bind(NetworkNamespace network, IPEndPoint local, DatagramSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(options);
        return network.Run(() => new DatagramSocket(local, options));
    }

    /// <summary>Opens a socket that sends to one address and port, and receives from nobody else.</summary>
    /// <param name="network">Where it lives.</param>
    /// <param name="local">Its address, and its port; port 0 leaves the choice to the kernel.</param>
    /// <param name="remote">The other end, of the same address family.</param>
    /// <param name="options">How it is set up.</param>
    /// <exception cref="LinuxException">
    /// As of <see cref="Bind"/>; ENETUNREACH: there is no route to the other end.
    /// </exception>
    public static DatagramSocket Connect(
        NetworkNamespace network, IPEndPoint local, IPEndPoint remote, DatagramSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(remote);
        DatagramSocket socket = Bind(network, local, options);
        try
        {
            socket.Address(remote, connect: true)
                .OrThrow("connect", $"{local.Address} to {remote}", "is there a route, and is the link up?");
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends datagrams of a batch, of a connected socket. Does not block, throw or allocate.</summary>
    /// <param name="batch">Filled slots.</param>
    /// <param name="start">The first to send.</param>
    /// <param name="count">How many to send; at least 1.</param>
    /// <returns>
    /// How many the kernel took, at least 1; or why it did not take the first: EAGAIN when there is no room, ENOBUFS when
    /// the interface's queue is full, ECONNREFUSED when an earlier one found no receiver, EMSGSIZE when it is too long.
    /// </returns>
    public SysResult TrySend(DatagramBatch batch, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Send(Descriptor.Number, start, count);
    }

    /// <summary>Receives what waits, as far as the batch has room. Does not block, throw or allocate.</summary>
    /// <param name="batch">Receives the datagrams, from slot 0.</param>
    /// <returns>
    /// How many were received, or EAGAIN when none waits, or ECONNREFUSED as of <see cref="TrySend"/>.
    /// </returns>
    public SysResult TryReceive(DatagramBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Receive(Descriptor.Number);
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    private static string BindHint(IPEndPoint local) =>
        $"is {local.Address} an address of this host, and is port {local.Port} free?";

    // .NET serialises an address as the system's sockaddr.
    private SysResult Address(IPEndPoint endPoint, bool connect)
    {
        SocketAddress address = endPoint.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            var name = (sockaddr*)bytes;
            return SysResult.FromReturn(connect
                ? LibC.connect(Descriptor.Number, name, address.Size)
                : LibC.bind(Descriptor.Number, name, address.Size));
        }
    }
}
