using System.Collections.Immutable;

namespace FastTun.Batching;

/// <summary>What an engine's ports are at one moment: an immutable snapshot, swapped whole when a device changes.</summary>
public sealed class PortTable
{
    private readonly ImmutableArray<PortState> _ports;

    internal PortTable(ImmutableArray<PortState> ports) => _ports = ports;

    /// <summary>How many ports there are, 1 to 254.</summary>
    public int Count => _ports.Length;

    /// <summary>One port's state.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public PortState this[int index] => _ports[index];

    internal PortTable With(int index, PortState state) => new(_ports.SetItem(index, state));
}
