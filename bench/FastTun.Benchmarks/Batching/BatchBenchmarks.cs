using BenchmarkDotNet.Attributes;
using FastTun.Batching;
using FastTun.Offload;
using FastTun.Packets;

namespace FastTun.Benchmarks.Batching;

/// <summary>
/// What a packet's descriptor costs on its way through the engine: made as a queue does, judged by its virtio-net header,
/// and walked to by who transmits. The packets' bytes are not moved.
/// </summary>
public class BatchBenchmarks
{
    private const int Length = 64;

    private readonly PacketBatch _batch = new(new PortTable([]));

    /// <summary>Whether the packets come from the wire, or from a host that leaves their checksums to others.</summary>
    [Params("finished", "unfinished")]
    public string Packets { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _batch.Clear(inputPort: 0);
        for (int index = 0; index < PacketBatch.Capacity; index++)
        {
            _batch.TryReserve(VirtioNetHeader.Size, out Span<byte> room);
            VirtioNetHeader header = Packets == "finished" ? default : new VirtioNetHeader
            {
                Flags = VirtioNetHeader.NeedsChecksum,
                ChecksumStart = 20,
                ChecksumOffset = UdpHeader.ChecksumOffset,
            };
            header.WriteTo(room);
            Offload.Packets.Udp(flow: index, Length, identification: index).CopyTo(room[VirtioNetHeader.Size..]);
            _batch.Add(Length);
        }
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity, Baseline = true)]
    public int Fill()
    {
        _batch.Clear(inputPort: 0);
        while (_batch.TryReserve(VirtioNetHeader.Size, out _))
            _batch.Add(Length);
        return _batch.Count;
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity)]
    public int FillAndClassify()
    {
        Fill();
        OffloadRules.Classify(_batch);
        return _batch.Count;
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity)]
    public int FillClassifyAndWalk()
    {
        FillAndClassify();
        foreach (Packet packet in _batch)
            packet.ForwardTo(1);
        int bytes = 0;
        foreach (Packet packet in _batch.LeavingBy(1))
            bytes += packet.Bytes.Length;
        return bytes == PacketBatch.Capacity * Length ? bytes : throw new InvalidOperationException($"{bytes} bytes leave");
    }
}
