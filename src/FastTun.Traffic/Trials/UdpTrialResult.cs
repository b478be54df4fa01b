using FastTun.Linux;

namespace FastTun.Traffic;

/// <summary>What became of the packets of a UDP trial.</summary>
public sealed record UdpTrialResult : TrialResult
{
    /// <summary>Packets that the sender's kernel took.</summary>
    public required long Sent { get; init; }

    /// <summary>Different packets that arrived as they were sent.</summary>
    public required long Received { get; init; }

    /// <summary>Packets that did not, counted flow by flow.</summary>
    public required long Lost { get; init; }

    /// <summary>
    /// Those of the lost that the kernel threw away at the receiver's socket: it could not keep up, or the checksum was
    /// wrong.
    /// </summary>
    public required long DroppedAtReceiver { get; init; }

    /// <summary>Arrivals whose length or content was not what was sent. Such packets are among the lost.</summary>
    public required long Corrupt { get; init; }

    /// <summary>Second and later arrivals of the same packet (RFC 5560).</summary>
    public required long Duplicates { get; init; }

    /// <summary>Packets that arrived after one sent later (RFC 4737 section 3.3).</summary>
    public required long Reordered { get; init; }

    /// <summary>Datagrams at the receiver's port that are not of this trial.</summary>
    public required long Foreign { get; init; }

    /// <summary>Packets that the sender's kernel refused, by errno; they are not among those sent.</summary>
    public required IReadOnlyDictionary<Errno, long> Refused { get; init; }

    /// <summary>
    /// One-way delay of the packets received, from the sender's call into its kernel to the receiver's return from its
    /// own.
    /// </summary>
    public required LatencySummary Latency { get; init; }

    /// <summary>How late a packet was sent at most, after the rate made it due; nothing at the maximum rate.</summary>
    public required TimeSpan MaxSendLag { get; init; }

    /// <summary>How long the sending took.</summary>
    public required TimeSpan SendDuration { get; init; }

    /// <summary>Packets received a second.</summary>
    public double PacketsPerSecond => PerSecond(Received);

    /// <summary>Packets sent a second.</summary>
    public double SentPacketsPerSecond => SendDuration > TimeSpan.Zero ? Sent / SendDuration.TotalSeconds : 0;

    /// <summary>The share of the sent packets that was lost, 0 to 1.</summary>
    public double LossRatio => Sent == 0 ? 0 : (double)Lost / Sent;

    /// <summary>
    /// Whether the counts add up: sent = received + lost, and no flow brought more packets than were sent of it.
    /// </summary>
    public bool IsConserved => Sent == Received + Lost;
}
