using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Tun;

/// <summary>
/// One queue of a TUN or TAP device: an open file that gives a packet a read and takes a packet a write. The kernel
/// spreads flows over the queues by hash, and sends a flow back to the queue that last wrote it (tun_flow_update in
/// tun.c). <see cref="TryRead"/> and the TryWrite methods are for the one thread that owns the queue; the members
/// that block hold the descriptor open while they use it, and any thread may call those.
/// </summary>
public sealed unsafe partial class TunQueue : IDisposable
{
    private readonly Lock _closing = new();
    private int _number;

    internal TunQueue(FileDescriptor descriptor, int index)
    {
        Descriptor = descriptor;
        Index = index;
        _number = descriptor.Number;
    }

    /// <summary>The open file, to wait for or to hand out; it belongs to this queue.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>The number it was given when it was opened: how many the device object had opened before.</summary>
    public int Index { get; }

    /// <summary>Whether the queue takes part in the device's traffic; asked of the kernel.</summary>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public bool IsAttached => (TunIoctl.ReadInterface(Descriptor).Flags & IfTun.IFF_DETACH_QUEUE) == 0;

    internal bool IsOpen => !Descriptor.IsClosed;

    /// <summary>Takes the next packet, if there is one. Does not block, throw or allocate.</summary>
    /// <param name="buffer">
    /// Receives the packet; what does not fit is lost, and the count is then the buffer's length.
    /// </param>
    /// <returns>
    /// The bytes read, or EAGAIN when nothing waits, EBADFD when the device is gone, EBADF after <see cref="Dispose"/>.
    /// </returns>
    public SysResult TryRead(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            SysResult result;
            do
            {
                result = SysResult.FromSuppressedReturn(Unistd.read(_number, start, (nuint)buffer.Length));
            }
            while (result.Error == Errno.EINTR);
            return result;
        }
    }

    /// <summary>Gives the kernel one packet. Does not block, throw or allocate.</summary>
    /// <param name="packet">One whole packet or frame.</param>
    /// <returns>
    /// The bytes written, or EIO when the device is down, EINVAL for what is no packet (of a TUN the kernel looks at
    /// the version alone), EBADFD when the device is gone, EBADF after <see cref="Dispose"/>.
    /// </returns>
    public SysResult TryWrite(ReadOnlySpan<byte> packet)
    {
        fixed (byte* start = packet)
        {
            SysResult result;
            do
            {
                result = SysResult.FromSuppressedReturn(Unistd.write(_number, start, (nuint)packet.Length));
            }
            while (result.Error == Errno.EINTR);
            return result;
        }
    }

    /// <summary>Gives the kernel one packet of a list. Does not block, throw or allocate.</summary>
    /// <param name="writes">The list; what became of the packet is answered, and not written there.</param>
    /// <param name="packet">Its index.</param>
    /// <returns>As <see cref="TryWrite(ReadOnlySpan{byte})"/>.</returns>
    public SysResult TryWrite(WriteList writes, int packet)
    {
        ArgumentNullException.ThrowIfNull(writes);
        iovec* pieces = writes.Pieces(packet, out int count);
        SysResult result;
        do
        {
            result = SysResult.FromSuppressedReturn(count == 1
                ? Unistd.write(_number, pieces->iov_base, (nuint)(ulong)pieces->iov_len)
                : Unistd.writev(_number, pieces, count));
        }
        while (result.Error == Errno.EINTR);
        return result;
    }

    /// <summary>
    /// Takes the queue out of the device's traffic and keeps it open (TUNSETQUEUE). What waits in it is dropped, and
    /// the kernel spreads the flows over the queues that are left. An idle queue that stays attached loses its share of
    /// the packets.
    /// </summary>
    /// <exception cref="LinuxException">
    /// EINVAL: it is detached already, or the device is not a multi-queue one.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public void Detach() => SetAttached(IfTun.IFF_DETACH_QUEUE, "TUNSETQUEUE detach");

    /// <summary>Puts a detached queue back.</summary>
    /// <exception cref="LinuxException">EINVAL: it is attached, or the device is not a multi-queue one.</exception>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public void Attach() => SetAttached(IfTun.IFF_ATTACH_QUEUE, "TUNSETQUEUE attach");

    /// <summary>
    /// Closes the queue, and wakes who is blocked in <see cref="Read"/>. A device that is not persistent goes with its
    /// last queue. May be called from any thread, and again.
    /// </summary>
    public void Dispose()
    {
        lock (_closing)
        {
            _number = -1;
            _closed?.Signal();
            _closed?.Dispose();
            Descriptor.Dispose();
        }
    }

    private void SetAttached(int flag, string operation)
    {
        string name = TunIoctl.ReadInterface(Descriptor).Name;
        TunIoctl.SetQueue(Descriptor, flag).OrThrow(operation, $"{name} queue {Index}", TunHints.SetQueue);
    }
}
