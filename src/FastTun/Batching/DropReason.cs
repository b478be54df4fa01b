namespace FastTun.Batching;

/// <summary>
/// Why a packet was not transmitted. Every packet that is received ends in exactly one of: transmitted, or dropped for one
/// of these; the counters of a worker hold them apart.
/// </summary>
public enum DropReason : byte
{
    /// <summary>Not dropped.</summary>
    None,

    /// <summary>Shorter than the header it must begin with.</summary>
    TooShort,

    /// <summary>The version field is neither 4 nor 6.</summary>
    BadVersion,

    /// <summary>The header length is less than the minimum or more than the packet.</summary>
    BadHeaderLength,

    /// <summary>The total length disagrees with what was received (RFC 1812 section 5.2.2).</summary>
    BadTotalLength,

    /// <summary>The IPv4 header checksum is wrong.</summary>
    BadHeaderChecksum,

    /// <summary>The IPv6 extension headers do not end within the packet, or there are too many.</summary>
    BadExtensionHeaders,

    /// <summary>
    /// The virtio-net header before it contradicts the packet, or asks for what nobody offered (a kind of segmentation, say).
    /// </summary>
    BadOffload,

    /// <summary>Longer than the MTU of the port it came from or is to leave by.</summary>
    ExceedsMtu,

    /// <summary>The time to live, or hop limit, is used up (RFC 1812 section 5.3.1, RFC 8200 section 3).</summary>
    TimeToLiveExceeded,

    /// <summary>A multicast, broadcast or unspecified address where only a host's can be answered.</summary>
    NotUnicast,

    /// <summary>No stage chose an output port.</summary>
    NoOutputPort,

    /// <summary>A stage decided so: a filter, a policer, a user's own rule.</summary>
    Policy,

    /// <summary>The output port is down (EIO).</summary>
    OutputDown,

    /// <summary>The output port's device is gone, or its queue is detached (EBADFD).</summary>
    OutputGone,

    /// <summary>The output queue has no room (EAGAIN, ENOBUFS).</summary>
    OutputFull,

    /// <summary>The kernel refused the packet (EINVAL), or failed in a way that is not expected of it.</summary>
    OutputRejected,

    /// <summary>A stage or a queue threw while the packet was in the worker's hands.</summary>
    WorkerFailed,
}
