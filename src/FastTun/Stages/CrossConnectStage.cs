using FastTun.Batching;

namespace FastTun.Stages;

/// <summary>
/// Joins ports in pairs, the first with the second, the third with the fourth: what comes in at one goes out at the other.
/// </summary>
public sealed class CrossConnectStage : IPacketStage
{
    /// <inheritdoc/>
    public void Process(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int output = batch.InputPort ^ 1;
        foreach (Packet packet in batch)
            packet.ForwardTo(output);
    }
}
