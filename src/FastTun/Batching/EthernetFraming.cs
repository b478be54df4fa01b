using System.Buffers.Binary;

namespace FastTun.Batching;

/// <summary>Finds the IP packet in each Ethernet frame of a batch (IEEE 802.3, RFC 894), so that stages need not look.</summary>
internal static class EthernetFraming
{
    private const int TypeOffset = 12;
    private const ushort Ipv4Type = 0x0800;
    private const ushort Ipv6Type = 0x86DD;

    public static void LocateNetworkHeaders(PacketBatch batch)
    {
        foreach (ref PacketDescriptor frame in batch.Descriptors)
        {
            if (frame.Length < PortState.EthernetHeaderLength)
            {
                frame.Drop = DropReason.TooShort;
                continue;
            }

            ushort type = BinaryPrimitives.ReadUInt16BigEndian(batch.Memory.AsSpan(frame.Offset + TypeOffset));
            frame.NetworkOffset = type is Ipv4Type or Ipv6Type ? (byte)PortState.EthernetHeaderLength : PacketDescriptor.None;
        }
    }
}
