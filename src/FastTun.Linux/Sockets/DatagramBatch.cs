using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Sockets;

/// <summary>
/// Room for several datagrams that cross the kernel's border in one call (sendmmsg(2), recvmmsg(2)). Everything is allocated
/// and pinned once; the same batch is used again and again, for sending or for receiving, by one thread at a time.
/// </summary>
public sealed unsafe class DatagramBatch
{
    private readonly byte[] _bytes;
    private readonly iovec[] _vectors;
    private readonly mmsghdr[] _messages;

    /// <summary>Allocates the room. Until it is set otherwise, every datagram is as long as its slot.</summary>
    /// <param name="capacity">How many datagrams; 1 to 1024, which is all that one call moves (UIO_MAXIOV).</param>
    /// <param name="slotLength">The longest payload, in bytes.</param>
    public DatagramBatch(int capacity, int slotLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slotLength);
        SlotLength = slotLength;
        _bytes = GC.AllocateArray<byte>(checked(capacity * slotLength), pinned: true);
        _vectors = GC.AllocateArray<iovec>(capacity, pinned: true);
        _messages = GC.AllocateArray<mmsghdr>(capacity, pinned: true);
        fixed (byte* bytes = _bytes)
        fixed (iovec* vectors = _vectors)
        {
            for (int i = 0; i < capacity; i++)
            {
                vectors[i] = new iovec { iov_base = bytes + i * slotLength, iov_len = slotLength };
                _messages[i] = new mmsghdr { msg_hdr = new msghdr { msg_iov = vectors + i, msg_iovlen = 1 } };
            }
        }
    }

    /// <summary>How many datagrams there is room for.</summary>
    public int Capacity => _messages.Length;

    /// <summary>The longest payload, in bytes. What is received longer is cut off.</summary>
    public int SlotLength { get; }

    /// <summary>All the room of one datagram.</summary>
    /// <param name="index">From 0 to below <see cref="Capacity"/>.</param>
    public Span<byte> Slot(int index) => _bytes.AsSpan(index * SlotLength, SlotLength);

    /// <summary>How much of a slot is sent.</summary>
    /// <param name="index">From 0 to below <see cref="Capacity"/>.</param>
    /// <param name="length">Bytes; at most <see cref="SlotLength"/>.</param>
    public void SetLength(int index, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)SlotLength);
        _vectors[index].iov_len = length;
    }

    /// <summary>What was received into a slot.</summary>
    /// <param name="index">From 0 to below the count that the call returned.</param>
    public ReadOnlySpan<byte> Received(int index) => Slot(index)[..(int)_messages[index].msg_len];

    // The call waits for nothing: MSG_DONTWAIT.
    internal SysResult Send(int socket, int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(start + count), (uint)Capacity);
        fixed (mmsghdr* messages = _messages)
            return SysResult.FromReturn(Mmsg.sendmmsg(socket, messages + start, (uint)count, LibC.MSG_DONTWAIT));
    }

    internal SysResult Receive(int socket)
    {
        fixed (mmsghdr* messages = _messages)
            return SysResult.FromReturn(Mmsg.recvmmsg(socket, messages, (uint)Capacity, LibC.MSG_DONTWAIT, null));
    }
}
