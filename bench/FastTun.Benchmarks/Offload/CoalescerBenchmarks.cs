using BenchmarkDotNet.Attributes;
using FastTun.Batching;
using FastTun.Offload;

namespace FastTun.Benchmarks.Offload;

/// <summary>
/// What planning a batch's way out costs a packet, where it pays and where there is nothing to join. Copying the batch
/// back after each plan, which has changed headers, is in it; <see cref="CopyOnly"/> is that alone.
/// </summary>
public class CoalescerBenchmarks
{
    private readonly Coalescer _coalescer = new();
    private readonly PacketBatch _batch = new(new PortTable([]));
    private PacketDescriptor[] _descriptors = [];
    private byte[][] _headers = [];

    /// <summary>What the batch of 64 holds.</summary>
    [Params("16 UDP flows, runs of 4, 64 B", "64 UDP flows, 64 B", "1 TCP flow, 1448 B", "64 pings")]
    public string Traffic { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        for (int index = 0; index < PacketBatch.Capacity; index++)
        {
            byte[] packet = Traffic switch
            {
                "16 UDP flows, runs of 4, 64 B" => Packets.Udp(flow: index / 4, size: 64, identification: index % 4),
                "64 UDP flows, 64 B" => Packets.Udp(flow: index, size: 64, identification: 0),
                "1 TCP flow, 1448 B" => Packets.Tcp(payload: 1448, index),
                _ => Packets.Ping(),
            };
            _batch.TryReserve(out Span<byte> room);
            packet.CopyTo(room);
            _batch.Add(packet.Length);
            _batch.Descriptors[index].OutputPort = 0;
        }

        _descriptors = _batch.Descriptors.ToArray();
        _headers = [.. _descriptors.Select(descriptor => _batch.Memory.AsSpan(descriptor.Offset, 64).ToArray())];
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity, Baseline = true)]
    public int CopyOnly()
    {
        Restore();
        return _descriptors.Length;
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity)]
    public int Plan()
    {
        Restore();
        return _coalescer.Plan(_batch, port: 0).Length;
    }

    private void Restore()
    {
        _descriptors.CopyTo(_batch.Descriptors);
        for (int index = 0; index < _headers.Length; index++)
            _headers[index].CopyTo(_batch.Memory, _descriptors[index].Offset);
    }
}
