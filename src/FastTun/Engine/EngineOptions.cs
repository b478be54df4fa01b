using FastTun.Linux;

namespace FastTun.Engine;

/// <summary>How an engine runs; what it runs on are its ports and stages.</summary>
public sealed record EngineOptions
{
    /// <summary>Where workers are pinned: worker <c>i</c> to the set's <c>i</c>-th processor, beginning anew at its end. Null leaves them free.</summary>
    public CpuSet? Processors { get; init; }

    /// <summary>How long stopping may go on forwarding what is still arriving. Default: one second.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What the worker threads' names begin with; Linux shows 15 characters.</summary>
    public string Name { get; init; } = "fasttun";
}
