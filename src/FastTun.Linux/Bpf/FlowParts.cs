namespace FastTun.Linux.Bpf;

/// <summary>The parts of a packet that say which flow it belongs to.</summary>
[Flags]
public enum FlowParts
{
    /// <summary>None: all packets are of one flow.</summary>
    None = 0,

    /// <summary>Where the packet comes from.</summary>
    SourceAddress = 1,

    /// <summary>Where it goes to.</summary>
    DestinationAddress = 2,

    /// <summary>The port that it comes from.</summary>
    SourcePort = 4,

    /// <summary>The port that it goes to.</summary>
    DestinationPort = 8,

    /// <summary>All four.</summary>
    All = SourceAddress | DestinationAddress | SourcePort | DestinationPort,
}
