namespace FastTun.Traffic.Udp;

/// <summary>What one sender sends, how fast and for how long.</summary>
internal sealed record UdpSenderOptions
{
    /// <summary>Where the packets go, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>Which trial this is.</summary>
    public required uint Run { get; init; }

    /// <summary>The number of the sender's first flow; the others follow.</summary>
    public required int FirstFlow { get; init; }

    /// <summary>The sizes of the packets in turn, IP and UDP headers included, in bytes.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>How much of a size is headers, in bytes.</summary>
    public required int HeaderLength { get; init; }

    /// <summary>How fast.</summary>
    public required TrafficRate Rate { get; init; }

    /// <summary>For how long, in nanoseconds.</summary>
    public required long DurationNanoseconds { get; init; }

    /// <summary>
    /// How many packets of a flow follow each other before it is the next flow's turn, as far as so many are due.
    /// </summary>
    public required int RunLength { get; init; }

    /// <summary>
    /// Whether a run crosses the sender's stack as one packet, cut at its end (UDP_SEGMENT); then there is one size.
    /// </summary>
    public required bool Segmentation { get; init; }
}
