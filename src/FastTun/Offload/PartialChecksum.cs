using System.Buffers.Binary;
using FastTun.Batching;
using FastTun.Packets;

namespace FastTun.Offload;

/// <summary>
/// Finishes the checksum of a packet that is not to be cut, for a port that takes no partial ones (skb_checksum_help).
/// </summary>
internal static class PartialChecksum
{
    /// <summary>Adds up what the sender left out, and marks the packet finished.</summary>
    /// <param name="packet">Its bytes, link-layer header included.</param>
    /// <param name="offload">What is left undone; nothing, afterwards.</param>
    public static void Complete(Span<byte> packet, ref PacketOffload offload)
    {
        Span<byte> covered = packet[offload.ChecksumStart..];
        ushort checksum = InternetChecksum.Compute(covered);

        // The kernel writes no 0 for any protocol: it would mean "none" to UDP, and equals 0xFFFF to the others.
        BinaryPrimitives.WriteUInt16BigEndian(
            covered[offload.ChecksumOffset..], checksum == 0 ? ushort.MaxValue : checksum);
        offload = default;
    }

    /// <summary>The same for all packets that leave by a port and are not to be cut.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="port">The port.</param>
    public static void Complete(PacketBatch batch, int port)
    {
        foreach (ref PacketDescriptor packet in batch.Descriptors)
        {
            bool isLeaving = packet.Drop == DropReason.None && packet.OutputPort == port;
            if (isLeaving && packet.Offload.HasPartialChecksum && !packet.Offload.IsSuperPacket)
                Complete(batch.Memory.AsSpan(packet.Offset, packet.Length), ref packet.Offload);
        }
    }
}
