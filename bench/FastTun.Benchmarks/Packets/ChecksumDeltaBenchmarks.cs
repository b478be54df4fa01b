using BenchmarkDotNet.Attributes;
using FastTun.Packets;

namespace FastTun.Benchmarks.Packets;

/// <summary>Updating a checksum for changed fields (RFC 1624), against summing an IPv4 header again.</summary>
public class ChecksumDeltaBenchmarks
{
    private readonly byte[] _header = Convert.FromHexString("45000073000040004011B861C0A80001C0A800C7");
    private readonly ushort _checksum = 0xB861, _port = 1024;
    private readonly uint _address = 0xC0A80001;
    private readonly UInt128 _wideAddress = new(0x20010DB8_00000000, 1);

    [Benchmark(Baseline = true)]
    public ushort SumTheHeaderAgain() => InternetChecksum.Compute(_header);

    [Benchmark]
    public ushort Of16Bits() => ChecksumDelta.Of(_port, (ushort)80).ApplyTo(_checksum);

    [Benchmark]
    public ushort Of32Bits() => ChecksumDelta.Of(_address, 0xC0000201).ApplyTo(_checksum);

    [Benchmark]
    public ushort Of128Bits() => ChecksumDelta.Of(_wideAddress, UInt128.One).ApplyTo(_checksum);

    [Benchmark]
    public ushort AddressAndPort() =>
        (ChecksumDelta.Of(_address, 0xC0000201) + ChecksumDelta.Of(_port, (ushort)80)).ApplyToUdp(_checksum);
}
