using FastTun.Linux.Native;

namespace FastTun.Linux;

/// <content>
/// Operations, each an entry of 64 bytes. All name a file by its index among those that the ring was made with, and
/// memory that must stay alive and in place until the completion is there: native, or an array allocated as pinned.
/// Each answers false when the ring is full, which a <see cref="Submit"/> changes.
/// </content>
public sealed unsafe partial class IoUring
{
    /// <summary>Prepares an operation that does nothing.</summary>
    /// <param name="tag">Any number; its completion has it.</param>
    /// <returns>Whether there was room.</returns>
    public bool TryPrepareNop(ulong tag) =>
        TryAdd(new io_uring_sqe { opcode = IoUringAbi.IORING_OP_NOP, user_data = tag });

    /// <summary>
    /// Prepares a read that does not wait: it completes with EAGAIN when there is nothing. A later read of the same
    /// submission may then still find something. One that finds nothing costs most of what one that finds a packet does
    /// (of a TUN 400 ns of 550), so there should be about as many as packets are likely to wait.
    /// </summary>
    /// <param name="file">The file's index.</param>
    /// <param name="buffer">Receives what is read.</param>
    /// <param name="tag">Any number; its completion has it.</param>
    /// <returns>Whether there was room.</returns>
    public bool TryPrepareRead(int file, Span<byte> buffer, ulong tag)
    {
        fixed (byte* start = buffer)
            return TryAdd(Transfer(IoUringAbi.IORING_OP_READ, file, start, buffer.Length, tag));
    }

    /// <summary>Prepares a write that does not wait.</summary>
    /// <param name="file">The file's index.</param>
    /// <param name="bytes">What to write.</param>
    /// <param name="tag">Any number; its completion has it.</param>
    /// <returns>Whether there was room.</returns>
    public bool TryPrepareWrite(int file, ReadOnlySpan<byte> bytes, ulong tag)
    {
        fixed (byte* start = bytes)
            return TryAdd(Transfer(IoUringAbi.IORING_OP_WRITE, file, start, bytes.Length, tag));
    }

    /// <summary>Prepares the write of one packet of a list that does not wait.</summary>
    /// <param name="file">The file's index.</param>
    /// <param name="writes">The list, which must stay as it is until it is submitted.</param>
    /// <param name="packet">Which of its packets.</param>
    /// <param name="tag">Any number; its completion has it.</param>
    /// <returns>Whether there was room.</returns>
    public bool TryPrepareWrite(int file, WriteList writes, int packet, ulong tag)
    {
        ArgumentNullException.ThrowIfNull(writes);
        Tmds.Linux.iovec* pieces = writes.Pieces(packet, out int count);
        return TryAdd(count == 1
            ? Transfer(IoUringAbi.IORING_OP_WRITE, file, pieces->iov_base, (int)(ulong)pieces->iov_len, tag)
            : Transfer(IoUringAbi.IORING_OP_WRITEV, file, pieces, count, tag));
    }

    /// <summary>Prepares a wait, once, until a file is readable, or has an error or a hang-up.</summary>
    /// <param name="file">The file's index.</param>
    /// <param name="tag">Any number; its completion has it, and a success says what was found (poll(2)).</param>
    /// <returns>Whether there was room.</returns>
    public bool TryPreparePoll(int file, ulong tag) => TryAdd(new io_uring_sqe
    {
        opcode = IoUringAbi.IORING_OP_POLL_ADD,
        flags = IoUringAbi.IOSQE_FIXED_FILE,
        fd = file,
        rw_flags = (uint)Poll.POLLIN,
        user_data = tag,
    });

    /// <summary>Takes back what is prepared and was not submitted.</summary>
    /// <returns>How many operations that were.</returns>
    public int Forget()
    {
        int forgotten = Prepared;
        _prepared -= (uint)forgotten;
        return forgotten;
    }

    // On a file that is only O_NONBLOCK the kernel would take EAGAIN for its own affair, arm a poll, and complete the
    // read when a packet comes. RWF_NOWAIT makes it the caller's; it also keeps writes from the kernel's worker threads,
    // and so in order.
    private static io_uring_sqe Transfer(byte opcode, int file, void* start, int length, ulong tag) => new()
    {
        opcode = opcode,
        flags = IoUringAbi.IOSQE_FIXED_FILE,
        fd = file,
        off = ulong.MaxValue,
        addr = (ulong)start,
        len = (uint)length,
        rw_flags = IoUringAbi.RWF_NOWAIT,
        user_data = tag,
    };

    private bool TryAdd(in io_uring_sqe operation)
    {
        if (_isDisposed || Prepared == Capacity)
            return false;
        _sqes[_prepared++ & _sqMask] = operation;
        return true;
    }
}
