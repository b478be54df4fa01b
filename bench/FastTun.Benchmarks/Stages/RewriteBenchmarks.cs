using System.Net;
using BenchmarkDotNet.Attributes;
using FastTun.Batching;
using FastTun.Stages;

namespace FastTun.Benchmarks.Stages;

/// <summary>
/// What rewriting costs a packet, the stages alone: a batch of 64 UDP packets, 16 flows, whose headers are first copied
/// back, which <see cref="CopyOnly"/> is alone. Four rules, two of which match: what a service behind another address
/// needs in both directions.
/// </summary>
public class RewriteBenchmarks
{
    private const int HeaderLength = 28;

    private readonly PacketBatch _batch = new(new PortTable([]));
    private readonly TimeToLiveStage _timeToLive = new();
    private readonly AddressRewriteStage _addresses = new(
        Rule(AddressField.Source, "203.0.113.1", "192.0.2.1", inputPort: 1),
        Rule(AddressField.Destination, "203.0.113.2", "198.51.100.1", inputPort: 1),
        Rule(AddressField.Source, "192.0.2.1", "203.0.113.1", inputPort: 0),
        Rule(AddressField.Destination, "198.51.100.1", "203.0.113.2", inputPort: 0));

    private readonly AddressRewriteStage _services = new(
        Rule(AddressField.Source, "203.0.113.1", "192.0.2.1", inputPort: 1),
        Service(AddressField.Destination, "203.0.113.2:53", "198.51.100.1:9", inputPort: 1),
        Rule(AddressField.Source, "192.0.2.1", "203.0.113.1", inputPort: 0),
        Service(AddressField.Destination, "198.51.100.1:9", "203.0.113.2:53", inputPort: 0));

    private byte[][] _headers = [];

    [GlobalSetup]
    public void Setup()
    {
        for (int index = 0; index < PacketBatch.Capacity; index++)
        {
            byte[] packet = Offload.Packets.Udp(flow: index / 4, size: 64, identification: index % 4);
            _batch.TryReserve(out Span<byte> room);
            packet.CopyTo(room);
            _batch.Add(packet.Length);
        }

        PacketDescriptor[] packets = _batch.Descriptors.ToArray();
        _headers = [.. packets.Select(packet => _batch.Memory.AsSpan(packet.Offset, HeaderLength).ToArray())];
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity, Baseline = true)]
    public void CopyOnly()
    {
        for (int index = 0; index < _headers.Length; index++)
            _headers[index].CopyTo(_batch.Memory, _batch.Descriptors[index].Offset);
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity)]
    public void Addresses()
    {
        CopyOnly();
        _addresses.Process(_batch);
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity)]
    public void AddressesAndTimeToLive()
    {
        Addresses();
        _timeToLive.Process(_batch);
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity)]
    public void AddressesAndPort()
    {
        CopyOnly();
        _services.Process(_batch);
    }

    [Benchmark(OperationsPerInvoke = PacketBatch.Capacity)]
    public void AddressesAndPortAndTimeToLive()
    {
        AddressesAndPort();
        _timeToLive.Process(_batch);
    }

    private static AddressRewrite Service(AddressField field, string from, string to, int inputPort) =>
        new(field, IPEndPoint.Parse(from), IPEndPoint.Parse(to), inputPort);

    private static AddressRewrite Rule(AddressField field, string from, string to, int inputPort) =>
        new(field, IPAddress.Parse(from), IPAddress.Parse(to), inputPort);
}
