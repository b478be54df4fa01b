using FastTun.Batching;
using FastTun.Linux;

namespace FastTun.Queues;

/// <summary>What it means for a packet that a TUN did not take it.</summary>
internal static class TunDropReason
{
    public static DropReason For(Errno error) => error switch
    {
        Errno.EIO => DropReason.OutputDown,
        Errno.EBADFD or Errno.EBADF => DropReason.OutputGone,
        Errno.EAGAIN or Errno.ENOBUFS or Errno.ENOMEM => DropReason.OutputFull,
        _ => DropReason.OutputRejected,
    };
}
