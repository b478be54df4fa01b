using FastTun.Linux;

namespace FastTun.Engine;

/// <summary>How an engine runs; what it runs on are its ports and stages.</summary>
public sealed record EngineOptions
{
    /// <summary>
    /// Where workers are pinned: worker <c>i</c> to the <c>i</c>-th of these processors, beginning anew at their end. A
    /// <see cref="CpuSet"/>, or what <see cref="CpuTopology.Spread"/> answers. Null leaves them free.
    /// </summary>
    public IReadOnlyCollection<int>? Processors { get; init; }

    /// <summary>
    /// Whether devices with several queues are given a program that lets both directions of a flow meet the same
    /// worker, as far as what the stages translate leaves something to tell flows by, and spares writes the driver's flow
    /// table. Where the process may not load one, that table remains, and
    /// <see cref="ForwardingEngine.SteeringRefusal"/> says why.
    /// </summary>
    public bool Steering { get; init; } = true;

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
