using FastTun.Batching;
using FastTun.Linux.Tun;

namespace FastTun.Offload;

/// <summary>
/// Judges a write that the kernel refused (EINVAL). Only a sound super-packet speaks against the kernel: what a stage
/// has made a contradiction, or a peer has stretched beyond what every kernel takes, must not switch a kind off for
/// everybody.
/// </summary>
internal static class Refusal
{
    private const int DatagramsOfAnyKernel = 64; // UDP_MAX_SEGMENTS before Linux 6.9

    /// <summary>Whether a packet may be written as it is.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">One of its packets, the first of a group.</param>
    /// <param name="usable">What the device takes.</param>
    public static bool MayWrite(PacketBatch batch, int index, TunOffloads usable) =>
        !batch.Descriptors[index].Offload.IsSuperPacket || (Needed(batch, index) & ~usable) == 0;

    /// <summary>Judges a refused group.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="group">What was refused, as it was planned.</param>
    /// <param name="blamed">
    /// What the kernel should have taken, if it takes the parts; none if that proves nothing.
    /// </param>
    /// <returns>Whether its parts may be sent.</returns>
    public static bool HasParts(PacketBatch batch, in PacketGroup group, out TunOffloads blamed)
    {
        ref readonly PacketDescriptor packet = ref batch.Descriptors[group.First];
        bool isTooMany = packet.Offload.Kind == GsoKind.Udp
            && packet.Offload.SegmentCount(packet.Length) > DatagramsOfAnyKernel;
        blamed = isTooMany ? TunOffloads.None : Needed(batch, group.First);
        return group.Count > 1 || IsSound(batch, packet);
    }

    // What was joined is sound: all was looked at to join it. Of what came joined, a stage has rewritten the headers.
    private static bool IsSound(PacketBatch batch, in PacketDescriptor packet)
    {
        if (!packet.Offload.IsSuperPacket)
            return false;
        ReadOnlySpan<byte> bytes = batch.Memory.AsSpan(packet.Offset, packet.Length);
        VirtioNetHeader header = VirtioNetHeader.For(packet.Offload);
        return OffloadRules.TryClassify(header, bytes, packet.NetworkOffset, out PacketOffload again)
            && again.IsSuperPacket;
    }

    private static TunOffloads Needed(PacketBatch batch, int index)
    {
        ref readonly PacketDescriptor packet = ref batch.Descriptors[index];
        return packet.Offload.Needed(batch.Memory[packet.Offset + packet.NetworkOffset]);
    }
}
