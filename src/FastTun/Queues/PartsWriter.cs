using FastTun.Batching;
using FastTun.Linux;
using FastTun.Linux.Tun;
using FastTun.Offload;

namespace FastTun.Queues;

/// <summary>
/// Writes what the kernel does not take whole in parts: what was joined packet by packet, what came joined segment by
/// segment, each in a system call of its own. That is the rare case, and its packets must not be overtaken.
/// </summary>
internal sealed class PartsWriter(TunQueue queue, Coalescer coalescer)
{
    private readonly WriteList _write = new(capacity: 2);
    private readonly byte[] _headers =
        GC.AllocateArray<byte>(VirtioNetHeader.Size + OffloadRules.MaxHeaderLength, pinned: true);

    /// <summary>How many system calls were made.</summary>
    public long SystemCalls { get; private set; }

    /// <summary>Writes the parts of a group, and drops in the batch what is refused even so.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="group">A group of the coalescer's last plan.</param>
    /// <returns>Whether all parts were taken.</returns>
    public bool Write(PacketBatch batch, in PacketGroup group)
    {
        if (group.Count > 1)
            coalescer.Dissolve(batch, group);
        bool isTaken = true;
        for (int index = group.First; index != Coalescer.End; index = coalescer.Next(group, index))
        {
            ref PacketDescriptor packet = ref batch.Descriptors[index];
            SysResult written = packet.Offload.IsSuperPacket ? WriteSegments(batch, packet) : WriteWhole(batch, packet);
            if (written.IsSuccess)
                continue;
            packet.Drop = TunDropReason.For(written.Error);
            isTaken = false;
        }

        return isTaken;
    }

    private SysResult WriteWhole(PacketBatch batch, in PacketDescriptor packet)
    {
        int start = packet.Offset - VirtioNetHeader.Size;
        SystemCalls++;
        return queue.TryWrite(batch.Memory.AsSpan(start, packet.Length + VirtioNetHeader.Size));
    }

    // The whole packet counts as dropped if one of its segments cannot be sent.
    private SysResult WriteSegments(PacketBatch batch, in PacketDescriptor packet)
    {
        SysResult result = SysResult.Success(0);
        Span<byte> bytes = batch.Memory.AsSpan(packet.Offset, packet.Length);
        var segmenter = new Segmenter(bytes, packet.NetworkOffset, packet.Offload);
        while (segmenter.TryNext(_headers.AsSpan(VirtioNetHeader.Size), out Range payload))
        {
            _write.Clear();
            _write.Begin(_headers.AsSpan(0, VirtioNetHeader.Size + packet.Offload.HeaderLength));
            _write.Extend(bytes[payload]);
            SystemCalls++;
            SysResult written = queue.TryWrite(_write, 0);
            result = written.IsSuccess ? result : written;
        }

        return result;
    }
}
