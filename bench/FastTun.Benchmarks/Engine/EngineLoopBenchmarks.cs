using System.Net;
using BenchmarkDotNet.Attributes;
using FastTun.Batching;
using FastTun.Engine;
using FastTun.Packets;
using FastTun.Queues;
using FastTun.Stages;

namespace FastTun.Benchmarks.Engine;

/// <summary>
/// What the engine itself costs a packet, without a kernel: receive from memory, stages, transmit to memory, counters. One
/// operation is one packet; a copy in and a copy out, and a wait (epoll) a batch, are in it.
/// </summary>
public class EngineLoopBenchmarks
{
    private const int Batches = 16;
    private const int Packets = Batches * PacketBatch.Capacity;

    private readonly byte[] _packet = new byte[1500];
    private readonly byte[] _sink = new byte[2048];
    private MemoryQueue _left = null!;
    private MemoryQueue _right = null!;
    private Worker _worker = null!;

    /// <summary>Bytes of a packet.</summary>
    [Params(64, 1400)]
    public int Size { get; set; }

    /// <summary>What is done to it.</summary>
    [Params("cross-connect", "router")]
    public string Stages { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        // 192.0.2.1 to 198.51.100.1, UDP, with a correct header checksum.
        Convert.FromHexString("450000000000400040110000C0000201C6336401").CopyTo(_packet, 0);
        (_packet[2], _packet[3]) = ((byte)(Size >> 8), (byte)Size);
        if (!Ipv4Header.TryParse(_packet, out Ipv4Header header))
            throw new InvalidOperationException("not a packet");
        header.UpdateChecksum();

        _left = new MemoryQueue(Packets);
        _right = new MemoryQueue(Packets);
        PortState[] ports = [new("left", 1500, true, LinkLayer.None), new("right", 1500, true, LinkLayer.None)];
        _worker = new Worker(0, [_left, _right], MakeStages(), new LivePorts(new PortTable([.. ports])));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _worker.Dispose();
        _left.Dispose();
        _right.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int Forward()
    {
        ReadOnlySpan<byte> packet = _packet.AsSpan(0, Size);
        for (int i = 0; i < Packets; i++)
            _left.Inject(packet);
        while (!_left.IsDrained)
            _worker.RunOnce(mayBlock: false);
        int collected = 0;
        while (_right.TryCollect(_sink, out _))
            collected++;
        return collected == Packets ? collected : throw new InvalidOperationException($"{collected} of {Packets} came through");
    }

    private IPacketStage[] MakeStages() => Stages == "router"
        ?
        [
            new ValidationStage(),
            new TimeToLiveStage(),
            new AddressRewriteStage(new AddressRewrite(AddressField.Source, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("203.0.113.1"))),
            new CrossConnectStage(),
        ]
        : [new CrossConnectStage()];
}
