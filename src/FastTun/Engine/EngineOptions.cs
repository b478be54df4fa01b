namespace FastTun.Engine;

/// <summary>How an engine runs; what it runs on are its ports and stages.</summary>
public sealed record EngineOptions
{
    /// <summary>How long stopping may go on forwarding what is still arriving. Default: one second.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What the worker threads' names begin with; Linux shows 15 characters.</summary>
    public string Name { get; init; } = "fasttun";
}
