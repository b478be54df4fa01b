using FastTun.Linux.Bpf;

namespace FastTun.Engine;

/// <summary>
/// By which parts of a packet each port's flows can be told apart, so that both directions of a flow have the same hash
/// although stages translate some parts. What is the source of a packet that comes in is the destination of its answer,
/// so a part that is left out at one port is left out, in its other role, wherever the answer may come in.
/// </summary>
internal static class SteeringParts
{
    /// <summary>The parts to hash at each port.</summary>
    /// <param name="translated">What may be changed of a packet that comes in there, by port.</param>
    public static FlowParts[] Choose(IReadOnlyList<FlowParts> translated)
    {
        // Between two ports an answer comes in at the other one.
        if (translated is [var first, var second])
            return [FlowParts.All & ~(first | Answered(second)), FlowParts.All & ~(second | Answered(first))];

        // Between more it may come in at any, so that a part is of use at all of them and in both roles, or at none.
        FlowParts lost = translated.Aggregate(FlowParts.None, (sum, parts) => sum | parts | Answered(parts));
        return [.. translated.Select(_ => FlowParts.All & ~lost)];
    }

    /// <summary>The same parts in a packet of the flow's other direction.</summary>
    public static FlowParts Answered(FlowParts parts) =>
        (parts.HasFlag(FlowParts.SourceAddress) ? FlowParts.DestinationAddress : FlowParts.None)
        | (parts.HasFlag(FlowParts.DestinationAddress) ? FlowParts.SourceAddress : FlowParts.None)
        | (parts.HasFlag(FlowParts.SourcePort) ? FlowParts.DestinationPort : FlowParts.None)
        | (parts.HasFlag(FlowParts.DestinationPort) ? FlowParts.SourcePort : FlowParts.None);
}
