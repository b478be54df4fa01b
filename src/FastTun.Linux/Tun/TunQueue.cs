using FastTun.Linux.Native;

namespace FastTun.Linux.Tun;

/// <summary>
/// One queue of a TUN or TAP device: an open file that gives a packet a read and takes a packet a write. The kernel spreads
/// flows over the queues by hash, and sends a flow back to the queue that last wrote it (tun_flow_update in tun.c).
/// One thread reads and writes at a time: the worker that owns the queue for its life.
/// </summary>
public sealed unsafe class TunQueue : IDisposable
{
    private int _number;

    internal TunQueue(FileDescriptor descriptor, int index)
    {
        Descriptor = descriptor;
        Index = index;
        _number = descriptor.Number;
    }

    /// <summary>The open file, to wait for or to hand out; it belongs to this queue.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>The place among the device's queues, in the order they were opened, from 0.</summary>
    public int Index { get; }

    /// <summary>Takes the next packet, if there is one. Does not block, throw or allocate.</summary>
    /// <param name="buffer">Receives the packet; what does not fit is lost, and the count is then the buffer's length.</param>
    /// <returns>
    /// The bytes read, or EAGAIN when nothing waits, EBADFD when the queue is detached or its device is gone, EBADF after
    /// <see cref="Dispose"/>.
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
    /// The bytes written, or EIO when the device is down, EINVAL for what is no packet (a TUN looks at the version alone),
    /// EBADFD when the queue is detached or its device is gone, EBADF after <see cref="Dispose"/>.
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

    /// <summary>Closes the queue. A device that is not persistent goes with its last queue.</summary>
    public void Dispose()
    {
        _number = -1;
        Descriptor.Dispose();
    }
}
