using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastTun.Packets;

/// <content>
/// The vector kernels. A 64-bit lane of a vector holds two 32-bit words, high and low. Adding whole lanes wraps, and
/// adding the high words alone does not; the lanes' total less the high words' total, shifted back, is exactly the low
/// words' total (modulo 2^64, which it cannot exceed below 2^31 bytes). That is one shift and two additions a vector,
/// and no carry.
/// </content>
public static partial class InternetChecksum
{
    // Nanoseconds a call, data in cache, AMD EPYC of family 26 (Zen 5), .NET 10.0.12, `--filter '*ChecksumBench*'`
    // (lower quartiles: the machine was shared):
    //
    //   bytes   scalar     128     256     512
    //      40      0.9     1.6     2.4     2.9
    //      64      1.6     1.9     1.8     3.0
    //      96      2.8     2.5     2.7     3.9
    //     128      3.6     2.6     2.4     2.4
    //     192      5.3     3.6     2.8     4.2
    //     384       10     6.7     4.2     3.7
    //     512       14     8.9     4.8     3.7
    //    1500       46      23    11.4    11.3
    //    9000      300     169      87      41
    //   65536     2140    1240     626     331    (31, 53, 105, 198 GB/s)
    //
    // The scalar loop wins on headers. From 128 to 512 bytes the wider registers win or lose with the length's remainder.

    /// <summary>Bytes from which vectors are used.</summary>
    internal const int VectorThreshold = 128;

    /// <summary>Bytes from which 512-bit vectors are used, where there are any.</summary>
    internal const int Vector512Threshold = 512;

    private static ulong SumVector(ref byte start, int length)
    {
        if (Vector512.IsHardwareAccelerated && length >= Vector512Threshold)
            return Sum512(ref start, length);
        if (Vector256.IsHardwareAccelerated)
            return Sum256(ref start, length);
        return Vector128.IsHardwareAccelerated ? Sum128(ref start, length) : SumScalar(ref start, length);
    }

    internal static ulong Sum128(ref byte start, int length)
    {
        Vector128<ulong> all0 = default, all1 = default, high0 = default, high1 = default;
        nint offset = 0;
        for (; offset <= length - (2 * Vector128<byte>.Count); offset += 2 * Vector128<byte>.Count)
        {
            Vector128<ulong> first = Read<Vector128<ulong>>(ref start, offset);
            Vector128<ulong> second = Read<Vector128<ulong>>(ref start, offset + Vector128<byte>.Count);
            all0 += first;
            high0 += first >>> 32;
            all1 += second;
            high1 += second >>> 32;
        }

        ulong sum = Total(Vector128.Sum(all0 + all1), Vector128.Sum(high0 + high1));
        return sum + SumScalar(ref Unsafe.Add(ref start, offset), length - (int)offset);
    }

    internal static ulong Sum256(ref byte start, int length)
    {
        Vector256<ulong> all0 = default, all1 = default, high0 = default, high1 = default;
        nint offset = 0;
        for (; offset <= length - (2 * Vector256<byte>.Count); offset += 2 * Vector256<byte>.Count)
        {
            Vector256<ulong> first = Read<Vector256<ulong>>(ref start, offset);
            Vector256<ulong> second = Read<Vector256<ulong>>(ref start, offset + Vector256<byte>.Count);
            all0 += first;
            high0 += first >>> 32;
            all1 += second;
            high1 += second >>> 32;
        }

        ulong sum = Total(Vector256.Sum(all0 + all1), Vector256.Sum(high0 + high1));
        return sum + SumScalar(ref Unsafe.Add(ref start, offset), length - (int)offset);
    }

    internal static ulong Sum512(ref byte start, int length)
    {
        Vector512<ulong> all0 = default, all1 = default, high0 = default, high1 = default;
        nint offset = 0;
        for (; offset <= length - (2 * Vector512<byte>.Count); offset += 2 * Vector512<byte>.Count)
        {
            Vector512<ulong> first = Read<Vector512<ulong>>(ref start, offset);
            Vector512<ulong> second = Read<Vector512<ulong>>(ref start, offset + Vector512<byte>.Count);
            all0 += first;
            high0 += first >>> 32;
            all1 += second;
            high1 += second >>> 32;
        }

        ulong sum = Total(Vector512.Sum(all0 + all1), Vector512.Sum(high0 + high1));
        ref byte rest = ref Unsafe.Add(ref start, offset);
        int restLength = length - (int)offset;
        bool isLong = restLength >= 2 * Vector256<byte>.Count;
        return sum + (isLong ? Sum256(ref rest, restLength) : SumScalar(ref rest, restLength));
    }

    private static ulong Total(ulong all, ulong high) => all - (high << 32) + high;
}
