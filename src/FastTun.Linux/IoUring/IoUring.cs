using FastTun.Linux.Native;

namespace FastTun.Linux;

/// <summary>
/// Many reads and writes in one system call (io_uring(7)): operations are prepared in memory that the kernel shares, one
/// call submits them all, and what became of them is read from memory again. It belongs to the thread that makes it
/// (IORING_SETUP_SINGLE_ISSUER), and completions are made when that thread calls, never by interrupting it
/// (IORING_SETUP_DEFER_TASKRUN, Linux 6.1); older kernels are not served, because the TUN driver answers a read that
/// must not wait only since 6.4. Nothing here is for another thread, and nothing but making it allocates or throws.
/// </summary>
public sealed unsafe partial class IoUring : IDisposable
{
    /// <summary>The most operations that a ring can hold (IORING_MAX_ENTRIES).</summary>
    public const int MaxCapacity = 32768;

    private readonly FileDescriptor _descriptor;
    private readonly SharedMapping _rings;
    private readonly SharedMapping _operations;
    private readonly io_uring_sqe* _sqes;
    private readonly uint* _sqHead;
    private readonly uint* _sqTail;
    private readonly uint _sqMask;
    private readonly io_uring_cqe* _cqes;
    private readonly uint* _cqHead;
    private readonly uint* _cqTail;
    private readonly uint _cqMask;

    // Prepared up to here; the shared tail follows on submission.
    private uint _prepared;
    private bool _isDisposed;

    /// <summary>Makes a ring for the calling thread.</summary>
    /// <param name="capacity">
    /// How many operations are prepared before they are submitted, 1 to <see cref="MaxCapacity"/>; rounded up to a power
    /// of two.
    /// </param>
    /// <param name="files">
    /// What to read, write and wait for; operations name them by their index. The ring keeps each open for itself until
    /// it is disposed of: a device goes only then. They must not block.
    /// </param>
    /// <exception cref="LinuxException">The kernel refuses it; the message says why.</exception>
    public IoUring(int capacity, params ReadOnlySpan<FileDescriptor> files)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxCapacity);
        var setup = new io_uring_params
        {
            flags = IoUringAbi.IORING_SETUP_SINGLE_ISSUER | IoUringAbi.IORING_SETUP_DEFER_TASKRUN
                | IoUringAbi.IORING_SETUP_SUBMIT_ALL,
        };
        nint made = IoUringAbi.io_uring_setup(IoUringAbi.SYS_io_uring_setup, (uint)capacity, &setup);
        SysResult result = SysResult.FromReturn(made);
        _descriptor = new FileDescriptor(result.OrThrow("io_uring_setup", null, SetupHint(result.Error)));
        try
        {
            // Since Linux 5.4 both rings are in one mapping, the completions behind the submissions.
            uint bytes = setup.cq_off.cqes + setup.cq_entries * (uint)sizeof(io_uring_cqe);
            bytes = Math.Max(bytes, setup.sq_off.array + setup.sq_entries * sizeof(uint));
            _rings = new SharedMapping(_descriptor, IoUringAbi.IORING_OFF_SQ_RING, bytes);
            nuint room = setup.sq_entries * (nuint)sizeof(io_uring_sqe);
            _operations = new SharedMapping(_descriptor, IoUringAbi.IORING_OFF_SQES, room);
            Register(files);
        }
        catch
        {
            Close();
            throw;
        }

        _sqes = (io_uring_sqe*)_operations.At(0);
        _sqHead = (uint*)_rings.At(setup.sq_off.head);
        _sqTail = (uint*)_rings.At(setup.sq_off.tail);
        _sqMask = setup.sq_entries - 1;
        _cqes = (io_uring_cqe*)_rings.At(setup.cq_off.cqes);
        _cqHead = (uint*)_rings.At(setup.cq_off.head);
        _cqTail = (uint*)_rings.At(setup.cq_off.tail);
        _cqMask = setup.cq_entries - 1;

        // The ring proper is a list of places in the array of operations; they are used in their order.
        uint* order = (uint*)_rings.At(setup.sq_off.array);
        for (uint i = 0; i < setup.sq_entries; i++)
            order[i] = i;
    }

    /// <summary>How many operations one submission can have.</summary>
    public int Capacity => (int)_sqMask + 1;

    /// <summary>How many are prepared and not submitted.</summary>
    public int Prepared => _isDisposed ? 0 : (int)(_prepared - *_sqHead);

    /// <summary>
    /// Submits what is prepared, in its order. What does not wait (all but polls) is done, and its completion there, on
    /// return. May be called with nothing prepared, to wait.
    /// </summary>
    /// <param name="waitFor">
    /// Returns only when so many completions are there, counting those that were not taken yet; or a signal came.
    /// </param>
    /// <returns>
    /// How many were submitted; or EBADF after <see cref="Dispose"/>, EEXIST on another thread, EAGAIN when the kernel is
    /// short of memory: what is left stays prepared.
    /// </returns>
    public SysResult Submit(int waitFor = 0)
    {
        if (_isDisposed)
            return SysResult.Failure(Errno.EBADF);
        Volatile.Write(ref *_sqTail, _prepared);
        SysResult result = SysResult.FromReturn(IoUringAbi.io_uring_enter(
            IoUringAbi.SYS_io_uring_enter,
            _descriptor.Number,
            (uint)Prepared,
            (uint)waitFor,
            IoUringAbi.IORING_ENTER_GETEVENTS,
            null,
            0));

        // A signal ends the wait; whatever there was to submit was submitted before it.
        return result.Error == Errno.EINTR ? SysResult.Success(0) : result;
    }

    /// <summary>Takes the next completion. Makes no system call.</summary>
    /// <param name="completion">What became of an operation; those that do not wait come in their order.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(out IoCompletion completion)
    {
        if (_isDisposed || *_cqHead == Volatile.Read(ref *_cqTail))
        {
            completion = default;
            return false;
        }

        uint head = *_cqHead;
        io_uring_cqe* cqe = _cqes + (head & _cqMask);
        int result = cqe->res;
        completion = new IoCompletion(
            cqe->user_data,
            result >= 0 ? SysResult.Success(result) : SysResult.Failure((Errno)(-result)));

        // The kernel may use the place again once it sees this.
        Volatile.Write(ref *_cqHead, head + 1);
        return true;
    }
}
