using BenchmarkDotNet.Attributes;
using FastTun.Benchmarks.Packets;
using FastTun.Offload;

namespace FastTun.Benchmarks.Offload;

/// <summary>
/// Cutting the longest TCP super-packet: new headers and a checksum for each segment, the payload read once.
/// </summary>
[Config(typeof(ThroughputConfig))]
public class SegmenterBenchmarks
{
    private const int HeaderLength = 52;

    private readonly byte[] _headers = new byte[OffloadRules.MaxHeaderLength];
    private byte[] _packet = [];
    private PacketOffload _offload;

    /// <summary>Payload bytes of the super-packet: 45 segments of 1448.</summary>
    [Params(45 * 1448)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _packet = Packets.Tcp(Bytes, index: 0);
        var header = new VirtioNetHeader
        {
            Flags = VirtioNetHeader.NeedsChecksum,
            GsoType = (byte)GsoKind.Tcp4,
            GsoSize = 1448,
            ChecksumStart = 20,
            ChecksumOffset = 16,
        };
        if (!OffloadRules.TryClassify(header, _packet, 0, out _offload) || _offload.HeaderLength != HeaderLength)
            throw new InvalidOperationException("not a super-packet");
    }

    [Benchmark]
    public int Cut()
    {
        var segmenter = new Segmenter(_packet, networkOffset: 0, _offload);
        int segments = 0;
        while (segmenter.TryNext(_headers, out _))
            segments++;
        return segments;
    }
}
