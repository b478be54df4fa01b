namespace FastTun.Traffic;

/// <summary>What became of the streams of a TCP trial.</summary>
public sealed record TcpTrialResult : TrialResult
{
    /// <summary>How many connections there were.</summary>
    public required int Streams { get; init; }

    /// <summary>
    /// Those of them whose end was not received: cut off by a reset, or given up because nothing arrived any more.
    /// </summary>
    public required int UnfinishedStreams { get; init; }

    /// <summary>Bytes received that are not what was sent at their place.</summary>
    public required long CorruptBytes { get; init; }

    /// <summary>Whether every byte arrived as it was sent.</summary>
    public bool IsComplete => UnfinishedStreams == 0 && CorruptBytes == 0 && BytesSent == BytesReceived;
}
