using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using FastTun.Packets;

namespace FastTun.Benchmarks.Packets;

/// <summary>The checksum's kernels, each alone, and the dispatcher that chooses among them.</summary>
[Config(typeof(ThroughputConfig))]
public class ChecksumBenchmarks
{
    private byte[] _data = [];

    [Params(20, 40, 60, 64, 96, 128, 192, 256, 384, 512, 1500, 9000, 65536)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _data = GC.AllocateUninitializedArray<byte>(Bytes, pinned: true);
        new Random(1).NextBytes(_data);
    }

    [Benchmark(Baseline = true)]
    public ulong Scalar() => InternetChecksum.SumScalar(ref MemoryMarshal.GetArrayDataReference(_data), _data.Length);

    [Benchmark]
    public ulong Vector128() => InternetChecksum.Sum128(ref MemoryMarshal.GetArrayDataReference(_data), _data.Length);

    [Benchmark]
    public ulong Vector256() => InternetChecksum.Sum256(ref MemoryMarshal.GetArrayDataReference(_data), _data.Length);

    [Benchmark]
    public ulong Vector512() => InternetChecksum.Sum512(ref MemoryMarshal.GetArrayDataReference(_data), _data.Length);

    [Benchmark]
    public ushort Dispatched() => InternetChecksum.Sum(_data);
}
