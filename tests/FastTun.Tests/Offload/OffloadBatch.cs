using FastTun.Batching;
using FastTun.Linux.Tun;
using FastTun.Offload;

namespace FastTun.Tests.Offload;

/// <summary>A batch of given packets that all leave by port 0, and what the kernel would then be given.</summary>
internal sealed class OffloadBatch
{
    public const int Port = 0;

    public OffloadBatch(params IEnumerable<byte[]> packets)
    {
        foreach (byte[] packet in packets)
            Add(packet, default);
    }

    public PacketBatch Batch { get; } = new(new PortTable([]));

    public Coalescer Coalescer { get; init; } = new();

    /// <summary>What may be joined.</summary>
    public TunOffloads Usable { get; init; } = TunOffloads.All;

    public void Add(byte[] packet, PacketOffload offload, int networkOffset = 0)
    {
        Assert.True(Batch.TryReserve(out Span<byte> room));
        packet.CopyTo(room);
        Batch.Add(packet.Length);
        ref PacketDescriptor descriptor = ref Batch.Descriptors[^1];
        descriptor.OutputPort = Port;
        descriptor.NetworkOffset = (byte)networkOffset;
        descriptor.Offload = offload;
    }

    /// <summary>
    /// Plans, and gathers each group's write as writev would: virtio-net header, first packet, payload of the others.
    /// </summary>
    public List<Write> Plan()
    {
        List<Write> writes = [];
        foreach (PacketGroup group in Coalescer.Plan(Batch, Port, Usable))
            writes.Add(Gather(group));
        return writes;
    }

    /// <summary>The sizes of the groups, in order.</summary>
    public int[] PlanCounts() => [.. Plan().Select(write => write.Members.Length)];

    private Write Gather(PacketGroup group)
    {
        PacketDescriptor first = Batch.Descriptors[group.First];
        List<byte> bytes = [.. Batch.Memory.AsSpan(first.Offset, first.Length)];
        List<int> members = [group.First];
        for (int index = Coalescer.Next(group, group.First); index != Coalescer.End; index = Coalescer.Next(group, index))
        {
            PacketDescriptor member = Batch.Descriptors[index];
            bytes.AddRange(Batch.Memory.AsSpan(member.Offset + group.HeaderLength, member.Length - group.HeaderLength));
            members.Add(index);
        }

        Assert.Equal(group.Length, bytes.Count);
        Assert.Equal(group.Count, members.Count);
        var header = VirtioNetHeader.Read(Batch.Memory.AsSpan(first.Offset - VirtioNetHeader.Size));
        return new Write(header, [.. bytes], [.. members], first.NetworkOffset);
    }
}

/// <summary>One write: what stands before the packet, the packet, and which packets of the batch are in it.</summary>
internal sealed record Write(VirtioNetHeader Header, byte[] Bytes, int[] Members, int NetworkOffset)
{
    /// <summary>What the kernel makes of it, as long as it is told the truth.</summary>
    public List<byte[]> Segments()
    {
        Assert.True(OffloadRules.TryClassify(Header, Bytes, NetworkOffset, out PacketOffload offload), $"{Header}");
        return Cut(Bytes, NetworkOffset, offload);
    }

    public static List<byte[]> Cut(byte[] packet, int networkOffset, PacketOffload offload)
    {
        packet = [.. packet];
        if (!offload.IsSuperPacket)
        {
            if (offload.HasPartialChecksum)
                PartialChecksum.Complete(packet, ref offload);
            return [packet];
        }

        List<byte[]> segments = [];
        byte[] headers = new byte[OffloadRules.MaxHeaderLength];
        var segmenter = new Segmenter(packet, networkOffset, offload);
        while (segmenter.TryNext(headers, out Range payload))
            segments.Add([.. headers[..offload.HeaderLength], .. packet[payload]]);
        Assert.Equal(segments.Count, offload.SegmentCount(packet.Length));
        return segments;
    }
}
