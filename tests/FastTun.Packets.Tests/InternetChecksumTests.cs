using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>
/// The checksum against RFC 1071's numbers, and every kernel against the reference at every length and alignment.
/// </summary>
public class InternetChecksumTests
{
    private const int MaxLength = 9001;

    private delegate ulong Kernel(ref byte start, int length);

    [Fact]
    public void Rfc1071Section3Example()
    {
        byte[] data = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];
        Assert.Equal(0xDDF2, InternetChecksum.Sum(data));
        Assert.Equal(0x220D, InternetChecksum.Compute(data));
    }

    [Fact]
    public void ChecksumOfAnIpv4HeaderFromTheWire()
    {
        byte[] header = Convert.FromHexString("45000073000040004011B861C0A80001C0A800C7");
        Assert.True(InternetChecksum.Verify(header));
        header[10] = header[11] = 0;
        Assert.Equal(0xB861, InternetChecksum.Compute(header));
        Assert.False(InternetChecksum.Verify(header));
    }

    [Fact]
    public void EmptyAndOddData()
    {
        Assert.Equal(0x0000, InternetChecksum.Sum([]));
        Assert.Equal(0xFFFF, InternetChecksum.Compute([]));
        Assert.Equal(0xAB00, InternetChecksum.Sum([0xAB]));
        Assert.Equal(0xAD02, InternetChecksum.Sum([0xAB, 0x01, 0x02, 0x01]));
    }

    [Fact]
    public void AddBringsTheCarryRound()
    {
        Assert.Equal(0x0001, InternetChecksum.Add(0xFFFF, 0x0001));
        Assert.Equal(0xFFFF, InternetChecksum.Add(0xFFFF, 0xFFFF));
        Assert.Equal(0x0002, InternetChecksum.Add(0x8001, 0x8000));
    }

    [Theory]
    [InlineData(0UL, 0)]
    [InlineData(0xFFFFUL, 0xFFFF)]
    [InlineData(0x1_0000UL, 1)]
    [InlineData(ulong.MaxValue, 0xFFFF)]
    [InlineData(0xFFFF_FFFF_0000_0001UL, 1)]
    [InlineData(0x0001_FFFE_FFFF_FFFFUL, 0xFFFF)]
    public void FoldIsTheRemainderModulo65535(ulong sum, int expected)
    {
        Assert.Equal(expected, InternetChecksum.Fold(sum));
        Assert.Equal(sum % 65535, InternetChecksum.Fold(sum) % 65535u);
    }

    [Fact]
    public void EveryLengthAtEveryAlignmentAgainstAGuardPage()
    {
        using var memory = new GuardedMemory(MaxLength + 64);
        byte[] data = RandomData();
        ushort[] expected = ReferenceChecksum.PrefixSums(data);
        for (int length = 0; length <= MaxLength; length++)
        {
            for (int alignment = 0; alignment < 64; alignment++)
            {
                Span<byte> guarded = memory.Last(length, alignment);
                data.AsSpan(0, length).CopyTo(guarded);
                ushort sum = InternetChecksum.Sum(guarded);
                if (sum != expected[length])
                    Assert.Fail($"length {length}, alignment {alignment}: 0x{sum:X4}, not 0x{expected[length]:X4}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void EveryKernelAtEveryLengthAgainstAGuardPage(int width)
    {
        // Without the hardware a vector kernel still must be right, but takes the long way: every 13th length then.
        (Kernel kernel, bool isFast) = KernelOf(width);
        int step = isFast ? 1 : 13;
        using var memory = new GuardedMemory(MaxLength);
        byte[] data = RandomData();
        ushort[] expected = ReferenceChecksum.PrefixSums(data);
        for (int length = 0; length <= MaxLength; length += step)
        {
            Span<byte> guarded = memory.Copy(data.AsSpan(0, length));
            Assert.Equal(expected[length], SumWith(kernel, guarded));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void OnesOverflowNoLane(int width)
    {
        // All ones are the largest words there are; 1 MiB is sixteen times the largest packet.
        byte[] ones = new byte[1 << 20];
        ones.AsSpan().Fill(0xFF);
        Assert.Equal(0xFFFF, SumWith(KernelOf(width).Kernel, ones));
        ones[^1] = 0xFE;
        Assert.Equal(0xFFFE, SumWith(KernelOf(width).Kernel, ones));
    }

    [Fact]
    public void PseudoHeadersAreWhatTheirBytesSumTo()
    {
        var four = new PacketBuilder();
        Assert.Equal(
            four.PseudoHeaderSum(IpProtocol.Udp, 65515),
            InternetChecksum.SumPseudoHeader(0xC0000201, 0xC6336401, IpProtocol.Udp, 65515));

        var six = new PacketBuilder { Source = "2001:db8::ffff:1", Destination = "2001:db8:ffff:ffff::2" };
        Assert.Equal(
            six.PseudoHeaderSum(IpProtocol.Icmpv6, 70000),
            InternetChecksum.SumPseudoHeader(
                new UInt128(0x20010DB8_00000000, 0x00000000_FFFF0001),
                new UInt128(0x20010DB8_FFFFFFFF, 0x00000000_00000002), IpProtocol.Icmpv6, 70000));
    }

    [Fact]
    public void PiecesOfEvenLengthAddUp()
    {
        byte[] data = RandomData();
        ushort whole = InternetChecksum.Sum(data);
        for (int cut = 0; cut <= MaxLength; cut += 2)
        {
            ushort first = InternetChecksum.Sum(data.AsSpan(0, cut)), second = InternetChecksum.Sum(data.AsSpan(cut));
            Assert.Equal(whole, InternetChecksum.Add(first, second));
        }
    }

    private static (Kernel Kernel, bool IsFast) KernelOf(int width) => width switch
    {
        0 => (InternetChecksum.SumScalar, true),
        128 => (InternetChecksum.Sum128, Vector128.IsHardwareAccelerated),
        256 => (InternetChecksum.Sum256, Vector256.IsHardwareAccelerated),
        _ => (InternetChecksum.Sum512, Vector512.IsHardwareAccelerated),
    };

    // Kernels sum in the machine's byte order; swapping the folded sum gives the network's (RFC 1071 section 2 (B)).
    private static ushort SumWith(Kernel kernel, Span<byte> data)
    {
        ushort sum = InternetChecksum.Fold(kernel(ref MemoryMarshal.GetReference(data), data.Length));
        return BitConverter.IsLittleEndian ? (ushort)((sum << 8) | (sum >> 8)) : sum;
    }

    private static byte[] RandomData()
    {
        byte[] data = new byte[MaxLength];
        new Random(1071).NextBytes(data);
        return data;
    }
}
