using FastTun.Engine;
using FastTun.Queues;

namespace FastTun.Traffic;

/// <summary>What a <see cref="PrivateForwarder"/> is.</summary>
public sealed record PrivateForwarderOptions
{
    /// <summary>How many queues each device has, 1 to 256, which is also how many workers forward.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>Whether packets may be unfinished: super-packets come and go whole.</summary>
    public bool Offload { get; init; } = true;

    /// <summary>How the devices' queues are read and written.</summary>
    public QueueIo Io { get; init; }

    /// <summary>How the engine runs.</summary>
    public EngineOptions Engine { get; init; } = new();
}
