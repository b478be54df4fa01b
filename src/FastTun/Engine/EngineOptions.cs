using FastTun.Linux;

namespace FastTun.Engine;

/// <summary>How an engine runs; what it runs on are its ports and stages.</summary>
public sealed record EngineOptions
{
    /// <summary>Where workers are pinned: worker <c>i</c> to the set's <c>i</c>-th processor, beginning anew at its end. Null leaves them free.</summary>
    public CpuSet? Processors { get; init; }

    /// <summary>How long stopping may go on forwarding what is still arriving. Default: one second.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long an idle worker looks for packets before it sleeps: 0, the default, to one second. It does so only
    /// while packets have lately come sooner than this. Spinning takes the wake-up, some microseconds, off a packet's
    /// latency, and in return uses processor time that something else could have had.
    /// </summary>
    public TimeSpan Spin { get; init; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What the worker threads' names begin with; Linux shows 15 characters.</summary>
    public string Name { get; init; } = "fasttun";
}
