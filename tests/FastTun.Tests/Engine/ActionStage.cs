using FastTun.Batching;
using FastTun.Stages;

namespace FastTun.Tests.Engine;

/// <summary>What is to be done with a packet; it cannot be an <see cref="Action{T}"/>, as a packet is a ref struct.</summary>
internal delegate void PacketAction(Packet packet);

/// <summary>A stage that does what a test says.</summary>
internal sealed class ActionStage(PacketAction action) : IPacketStage
{
    public void Process(PacketBatch batch)
    {
        foreach (Packet packet in batch)
            action(packet);
    }
}
