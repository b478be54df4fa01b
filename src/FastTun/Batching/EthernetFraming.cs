using FastTun.Packets;

namespace FastTun.Batching;

/// <summary>Finds the IP packet in each Ethernet frame of a batch, so that stages need not look.</summary>
internal static class EthernetFraming
{
    public static void LocateNetworkHeaders(PacketBatch batch)
    {
        foreach (ref PacketDescriptor frame in batch.Descriptors)
        {
            if (!EthernetHeader.TryParse(batch.Memory.AsSpan(frame.Offset, frame.Length), out EthernetHeader header))
                frame.Drop = DropReason.TooShort;
            else if (header.Type is EtherType.Ipv4 or EtherType.Ipv6)
                frame.NetworkOffset = (byte)header.HeaderLength;
            else
                frame.NetworkOffset = PacketDescriptor.None;
        }
    }
}
