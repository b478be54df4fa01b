namespace FastTun.Linux.Netlink;

/// <summary>
/// One conversation with the kernel about links, addresses and routes (rtnetlink(7)). It speaks for life to the namespace
/// it was opened in, wherever its thread goes. A refusal becomes a <see cref="LinuxException"/> that carries the kernel's
/// own explanation where it gives one, and the likely cause and the way out where it does not.
/// </summary>
/// <remarks>For one thread at a time. Reading needs no privilege, changing needs CAP_NET_ADMIN in the namespace.</remarks>
public sealed partial class RouteSocket : IDisposable
{
    // Room for every message that is written here; the longest replays a route as the kernel listed it.
    private const int RequestBytes = 4096;

    private readonly NetlinkSocket _socket;
    private readonly byte[] _request = new byte[RequestBytes];

    private RouteSocket(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens a conversation.</summary>
    /// <param name="ns">The namespace to speak to; the calling thread's where it is null.</param>
    /// <exception cref="LinuxException">There are too many open files, or the namespace may not be entered.</exception>
    public static RouteSocket Open(NetworkNamespace? ns = null) => new(NetlinkSocket.Open(ns));

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private NetlinkWriter Request(ushort type, ushort flags) => new(_request, type, flags);

    /// <summary>Sends a change; the exception's subject is only composed where it is thrown.</summary>
    private void Change(NetlinkWriter request, string operation, int index, string? what = null)
    {
        NetlinkAnswer answer = _socket.Exchange(request.Message, null);
        if (answer.Error == Errno.None)
            return;
        string name = LinkLabel(index);
        string subject = what is null ? name : $"{what} on {name}";
        throw new LinuxException(operation, subject, answer.Error, answer.Text ?? RouteHints.For(operation, answer.Error));
    }

    /// <summary>Lists until the list is whole: one that the kernel says was disturbed is read again.</summary>
    private List<T> Dump<T>(NetlinkWriter request, string operation, ushort replyType, Func<ReadOnlySpan<byte>, T?> read)
        where T : class
    {
        while (true)
        {
            var found = new List<T>();
            NetlinkAnswer answer = _socket.Exchange(request.Message, (type, payload) =>
            {
                if (type == replyType && read(payload) is { } item)
                    found.Add(item);
            });

            // ENOENT: the routing table that was asked for has never held a route.
            if (answer.Error is not (Errno.None or Errno.ENOENT))
                throw new LinuxException(operation, "dump", answer.Error, answer.Text ?? RouteHints.For(operation, answer.Error));
            if (!answer.Interrupted)
                return found;
        }
    }
}
