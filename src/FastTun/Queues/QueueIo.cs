namespace FastTun.Queues;

/// <summary>How the queues of a device are read and written.</summary>
public enum QueueIo
{
    /// <summary>What measures faster, which is <see cref="Epoll"/>.</summary>
    Auto,

    /// <summary>A system call a packet, after waiting in poll(2) or epoll(7).</summary>
    Epoll,

    /// <summary>A system call a batch, by io_uring(7), while packets come in batches. Linux 6.4.</summary>
    IoUring,
}
