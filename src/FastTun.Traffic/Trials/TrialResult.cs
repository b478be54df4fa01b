namespace FastTun.Traffic;

/// <summary>What a trial measured.</summary>
public abstract record TrialResult
{
    /// <summary>
    /// How long the traffic lasted: from the start of sending until it had ended and the last packet or byte had
    /// arrived.
    /// </summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Bytes sent: whole IP packets for UDP, the streams' content for TCP.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes received, counted likewise.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Bits received a second, counted likewise.</summary>
    public double BitsPerSecond => PerSecond(BytesReceived * 8.0);

    /// <summary>A number of things, divided by the duration.</summary>
    private protected double PerSecond(double count) => Duration > TimeSpan.Zero ? count / Duration.TotalSeconds : 0;
}
