using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Netlink;

/// <summary>
/// What to do with a message: its type and all behind its header. The bytes are valid during the call only.
/// </summary>
internal delegate void NetlinkMessageHandler(ushort type, ReadOnlySpan<byte> payload);

/// <summary>How the kernel ended an answer.</summary>
/// <param name="Error">Its verdict.</param>
/// <param name="Text">Its own explanation (extended acknowledgement), where it gave one.</param>
/// <param name="Interrupted">Whether what was listed changed meanwhile, so that the list may have holes.</param>
internal readonly record struct NetlinkAnswer(Errno Error, string? Text, bool Interrupted);

/// <summary>
/// A socket of NETLINK_ROUTE, bound for life to the namespace it was opened in. It frames, numbers and checks; what the
/// messages mean is for others. The kernel answers within the sending call, so a request never waits for long.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    // The kernel fills a dump's datagrams up to 32 KiB when the reader's buffer has that much room.
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private uint _sequence;

    private NetlinkSocket(FileDescriptor descriptor) => Descriptor = descriptor;

    public FileDescriptor Descriptor { get; }

    /// <summary>Opens a socket in a namespace, or in the calling thread's where none is named.</summary>
    public static NetlinkSocket Open(NetworkNamespace? ns)
    {
        FileDescriptor descriptor = ns is null ? OpenHere() : ns.Run(OpenHere);
        var socket = new NetlinkSocket(descriptor);
        try
        {
            // Errors come with the kernel's own text, without a copy of the request, and a dump obeys its filter or
            // refuses it.
            socket.SetOption(LibC.SOL_NETLINK, NetlinkAbi.NETLINK_EXT_ACK, 1, "setsockopt NETLINK_EXT_ACK");
            socket.SetOption(LibC.SOL_NETLINK, NetlinkAbi.NETLINK_CAP_ACK, 1, "setsockopt NETLINK_CAP_ACK");
            socket.SetOption(LibC.SOL_NETLINK, NetlinkAbi.NETLINK_GET_STRICT_CHK, 1, "setsockopt NETLINK_GET_STRICT_CHK");
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void SetOption(int level, int option, int value, string operation) =>
        SysResult.FromReturn(LibC.setsockopt(Descriptor.Number, level, option, &value, sizeof(int))).OrThrow(operation);

    /// <summary>
    /// Sends a request and reads the answer to its end: an acknowledgement, or the end of a dump. Also where the
    /// handler throws, because the kernel answers EBUSY to who asks for a dump before the last one was read.
    /// </summary>
    public NetlinkAnswer Exchange(Span<byte> request, NetlinkMessageHandler? handler)
    {
        MemoryMarshal.AsRef<nlmsghdr>(request).nlmsg_seq = ++_sequence;
        Send(request);
        bool interrupted = false;
        ExceptionDispatchInfo? failure = null;
        while (true)
        {
            SysResult received = Receive(0, out ReadOnlySpan<byte> datagram);
            string? hint = received.Error == Errno.ENOBUFS ? "the kernel had no memory for its answer; try again" : null;
            received.OrThrow("recvmsg", "rtnetlink", hint);
            var reader = new NetlinkReader(datagram);
            while (reader.TryReadMessage(out nlmsghdr header, out ReadOnlySpan<byte> payload))
            {
                // What an abandoned request left behind is not an answer to this one.
                if (header.nlmsg_seq != _sequence)
                    continue;
                interrupted |= (header.nlmsg_flags & NetlinkAbi.NLM_F_DUMP_INTR) != 0;
                if (header.nlmsg_type is NetlinkAbi.NLMSG_ERROR or NetlinkAbi.NLMSG_DONE)
                {
                    failure?.Throw();
                    return Verdict(header, payload, interrupted);
                }

                if (header.nlmsg_type != NetlinkAbi.NLMSG_NOOP && failure is null)
                    failure = Handle(handler, header.nlmsg_type, payload);
            }
        }
    }

    /// <summary>Reads one datagram of the kernel's, valid until the next call.</summary>
    /// <param name="flags">MSG_DONTWAIT to be answered EAGAIN where there is none.</param>
    /// <param name="datagram">What came.</param>
    /// <returns>How many bytes; ENOBUFS where messages of a subscription were lost since the last call.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed; its number may be another file's by now.</exception>
    public SysResult Receive(int flags, out ReadOnlySpan<byte> datagram)
    {
        ObjectDisposedException.ThrowIf(Descriptor.IsClosed, this);
        while (true)
        {
            var sender = default(sockaddr_nl);
            var message = new msghdr { msg_name = &sender, msg_namelen = (uint)sizeof(sockaddr_nl) };
            SysResult result = ReceiveMessage(&message, flags);
            datagram = result.IsSuccess ? _buffer.AsSpan(0, result.Value) : default;
            if (result.Error == Errno.EINTR)
                continue;
            if (!result.IsSuccess)
                return result;
            if ((message.msg_flags & LibC.MSG_TRUNC) != 0)
                throw new LinuxException("recvmsg", "rtnetlink", Errno.EMSGSIZE, $"it has more than {BufferBytes} bytes");

            // Any process of the namespace may send here; only port 0 is the kernel.
            if (message.msg_namelen == (uint)sizeof(sockaddr_nl) && sender.nl_pid == 0)
                return result;
        }
    }

    public void Dispose() => Descriptor.Dispose();

    private static FileDescriptor OpenHere()
    {
        int fd = LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, NetlinkAbi.NETLINK_ROUTE);
        var descriptor = new FileDescriptor(SysResult.FromReturn(fd).OrThrow("socket AF_NETLINK"));

        // The kernel chooses the port. A socket without one is passed over by broadcasts.
        var address = new sockaddr_nl { nl_family = (ushort)LibC.AF_NETLINK };
        SysResult bound = SysResult.FromReturn(LibC.bind(fd, (sockaddr*)&address, (uint)sizeof(sockaddr_nl)));
        if (!bound.IsSuccess)
            descriptor.Dispose();
        bound.OrThrow("bind AF_NETLINK");
        return descriptor;
    }

    private static ExceptionDispatchInfo? Handle(NetlinkMessageHandler? handler, ushort type, ReadOnlySpan<byte> payload)
    {
        try
        {
            handler?.Invoke(type, payload);
            return null;
        }
        catch (Exception exception)
        {
            return ExceptionDispatchInfo.Capture(exception);
        }
    }

    private static NetlinkAnswer Verdict(nlmsghdr header, ReadOnlySpan<byte> payload, bool interrupted)
    {
        var reader = new NetlinkReader(payload);
        var error = (Errno)(-reader.ReadFixed<int>());
        string? text = null;
        if ((header.nlmsg_flags & NetlinkAbi.NLM_F_ACK_TLVS) != 0)
        {
            // An error repeats the request's header (and with NETLINK_CAP_ACK no more of it) before its attributes.
            if (header.nlmsg_type == NetlinkAbi.NLMSG_ERROR)
                reader.ReadFixed<nlmsghdr>();
            while (reader.TryReadAttribute(out ushort type, out ReadOnlySpan<byte> value))
                if (type == NetlinkAbi.NLMSGERR_ATTR_MSG)
                    text = NetlinkReader.Text(value);
        }

        return new NetlinkAnswer(error, text, interrupted);
    }

    private void Send(ReadOnlySpan<byte> request)
    {
        ObjectDisposedException.ThrowIf(Descriptor.IsClosed, this);
        var kernel = new sockaddr_nl { nl_family = (ushort)LibC.AF_NETLINK };
        fixed (byte* data = request)
        {
            ssize_t sent = LibC.sendto(
                Descriptor.Number, data, request.Length, 0, (sockaddr*)&kernel, (uint)sizeof(sockaddr_nl));
            SysResult.FromReturn((nint)(long)sent).OrThrow("sendto", "rtnetlink");
        }
    }

    private SysResult ReceiveMessage(msghdr* message, int flags)
    {
        fixed (byte* data = _buffer)
        {
            var vector = new iovec { iov_base = data, iov_len = _buffer.Length };
            message->msg_iov = &vector;
            message->msg_iovlen = 1;
            return SysResult.FromReturn((nint)(long)LibC.recvmsg(Descriptor.Number, message, flags));
        }
    }
}
