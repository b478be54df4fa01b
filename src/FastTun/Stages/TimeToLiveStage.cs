using FastTun.Batching;
using FastTun.Packets;

namespace FastTun.Stages;

/// <summary>
/// Takes one hop from each packet's time to live or hop limit, and drops those that may go no further (RFC 1812 section 5.3.1,
/// RFC 8200 section 3). What a router does and a wire does not. Packets that are not IP pass.
/// </summary>
public sealed class TimeToLiveStage : IPacketStage
{
    /// <inheritdoc/>
    public void Process(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (Packet packet in batch)
        {
            bool alive = Ipv4Header.TryParse(packet.Network, out Ipv4Header ipv4) ? ipv4.DecrementTimeToLive()
                : !Ipv6Header.TryParse(packet.Network, out Ipv6Header ipv6) || ipv6.DecrementHopLimit();
            if (!alive)
                packet.Drop(DropReason.TimeToLiveExceeded);
        }
    }
}
