namespace FastTun.Linux.Netlink;

/// <summary>
/// One conversation with the kernel about links, addresses and routes (rtnetlink(7)). It speaks for life to the
/// namespace it was opened in, wherever its thread goes. A refusal becomes a <see cref="LinuxException"/> that carries
/// the kernel's own explanation where it gives one, and the likely cause and the way out where it does not.
/// </summary>
/// <remarks>For one thread at a time. Reading needs no privilege, changing needs CAP_NET_ADMIN in the
/// namespace.</remarks>
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

    private void Change(NetlinkWriter request, int index, string? what = null)
    {
        NetlinkAnswer answer = _socket.Exchange(request.Message, null);
        if (answer.Error == Errno.None)
            return;
        string name = TryGetLink(index, out LinkInfo? link) ? link.Name : Label(index);
        throw Refusal(request.Type, what is null ? name : $"{what} on {name}", answer);
    }

    /// <summary>Lists until the list is whole: one that the kernel says was disturbed is read again.</summary>
    internal List<T> Dump<T>(NetlinkWriter request, ushort replyType, string subject, Func<ReadOnlySpan<byte>, T?> read)
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
            if (answer.Error != Errno.None)
                throw Refusal(request.Type, subject, answer);
            if (!answer.Interrupted)
                return found;
        }
    }

    private static LinuxException Refusal(ushort type, string subject, NetlinkAnswer answer) =>
        new(RouteHints.Operation(type), subject, answer.Error, answer.Text ?? RouteHints.For(type, answer.Error));

    private static string Label(int index) => $"interface {index}";
}
