using FastTun.Linux;

namespace FastTun.Traffic.Udp;

/// <summary>
/// Packets that the kernel did not take from the sender, by errno. One thread counts; others read when it has ended.
/// </summary>
/// <param name="path">Where the packets go, for messages.</param>
internal sealed class SendErrors(string path)
{
    private readonly SortedDictionary<Errno, long> _counts = [];

    /// <summary>How often each occurred.</summary>
    public IReadOnlyDictionary<Errno, long> Counts => _counts;

    /// <summary>Counts one packet.</summary>
    /// <param name="error">Why it was not sent.</param>
    /// <exception cref="LinuxException">No path gives such an error for a while only: nothing can be sent.</exception>
    public void Count(Errno error)
    {
        if (!PassesByItself(error))
            throw new LinuxException("sendmmsg", path, error, Hint(error));
        _counts[error] = _counts.GetValueOrDefault(error) + 1;
    }

    // What a queue that is full, a link or a route that is gone, a receiver that is not there yet, or a firewall answers.
    private static bool PassesByItself(Errno error) => error
        is Errno.ENOBUFS or Errno.ENOMEM or Errno.ECONNREFUSED or Errno.EPERM
        or Errno.ENETDOWN or Errno.ENETUNREACH or Errno.EHOSTUNREACH;

    private static string? Hint(Errno error) => error switch
    {
        Errno.EMSGSIZE => "the packets are larger than the path's MTU allows; choose a smaller size",
        Errno.EINVAL => "with segmentation a packet must fit the MTU; choose a smaller size",
        _ => null,
    };
}
