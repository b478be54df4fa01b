namespace FastTun.Queues;

/// <summary>
/// Which faults a <see cref="FaultInjectingQueue"/> makes, and how often. The same plan makes the same faults for the same
/// packets: a failing run is replayed from its seed. Probabilities are 0 to 1 and apply to each packet; 0 never happens.
/// </summary>
public sealed record FaultPlan
{
    /// <summary>Where the random numbers begin.</summary>
    public int Seed { get; init; }

    /// <summary>How likely one bit of a received packet is turned over.</summary>
    public double Corrupt { get; init; }

    /// <summary>How likely a received packet loses its end.</summary>
    public double Truncate { get; init; }

    /// <summary>How likely an output refuses a packet, for the reason <see cref="Batching.DropReason.OutputRejected"/>.</summary>
    public double Reject { get; init; }

    /// <summary>How likely an output has no room, for the reason <see cref="Batching.DropReason.OutputFull"/>.</summary>
    public double Full { get; init; }

    /// <summary>How likely receiving stalls before a batch, so that packets wait for <see cref="StallTime"/>.</summary>
    public double Stall { get; init; }

    /// <summary>How long a stall lasts.</summary>
    public TimeSpan StallTime { get; init; }

    /// <summary>After how many received packets the device is removed; null for never.</summary>
    public long? CloseAfter { get; init; }

    /// <summary>After how many received packets receiving throws, as a defect would; null for never.</summary>
    public long? ThrowAfter { get; init; }
}
