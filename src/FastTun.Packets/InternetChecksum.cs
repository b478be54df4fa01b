using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastTun.Packets;

/// <summary>
/// The Internet checksum (RFC 1071): the one's complement of the one's complement sum of all 16-bit words, an odd last
/// byte padded with zero. A <em>sum</em> here is folded to 16 bits and not complemented, a <em>checksum</em> is
/// complemented; both are in host order, ready to be written big-endian. The summing itself runs in the machine's own
/// byte order and is swapped once at the end (RFC 1071 section 2 (B)), in 64-bit lanes that need no carries. Stateless,
/// safe from any thread.
/// </summary>
public static partial class InternetChecksum
{
    /// <summary>
    /// The sum of the bytes. To continue a sum over several pieces, all but the last must be of even length.
    /// </summary>
    /// <param name="data">At most 2^31 bytes; never read past its end.</param>
    public static ushort Sum(ReadOnlySpan<byte> data)
    {
        ref byte start = ref MemoryMarshal.GetReference(data);
        int length = data.Length;
        return ToHostOrder(Fold(length < VectorThreshold ? SumScalar(ref start, length) : SumVector(ref start, length)));
    }

    /// <summary>The checksum of the bytes, in which the checksum field itself must be zero.</summary>
    /// <param name="data">What the checksum covers.</param>
    /// <param name="initial">A sum to start from, such as that of a pseudo-header.</param>
    public static ushort Compute(ReadOnlySpan<byte> data, ushort initial = 0) => (ushort)~Add(Sum(data), initial);

    /// <summary>
    /// Whether the bytes, checksum field included, carry a correct checksum (RFC 1071 section 1 (3)).
    /// </summary>
    /// <param name="data">What the checksum covers.</param>
    /// <param name="initial">A sum to start from, such as that of a pseudo-header.</param>
    public static bool Verify(ReadOnlySpan<byte> data, ushort initial = 0) => Add(Sum(data), initial) == 0xFFFF;

    /// <summary>The one's complement sum of two sums.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Add(ushort left, ushort right)
    {
        uint sum = (uint)left + right;
        return (ushort)(sum + (sum >> 16));
    }

    /// <summary>The sum of an IPv4 pseudo-header (RFC 9293 section 3.1, RFC 768).</summary>
    /// <param name="source">Source address, host order.</param>
    /// <param name="destination">Destination address, host order.</param>
    /// <param name="protocol">The upper-layer protocol.</param>
    /// <param name="length">Bytes of upper-layer header and data, 0..65535.</param>
    public static ushort SumPseudoHeader(uint source, uint destination, IpProtocol protocol, int length) =>
        Fold((ulong)source + destination + (uint)protocol + (uint)length);

    /// <summary>The sum of an IPv6 pseudo-header (RFC 8200 section 8.1).</summary>
    /// <param name="source">Source address, host order.</param>
    /// <param name="destination">Final destination address, host order.</param>
    /// <param name="protocol">The upper-layer protocol, behind all extension headers.</param>
    /// <param name="length">Bytes of upper-layer header and data.</param>
    public static ushort SumPseudoHeader(UInt128 source, UInt128 destination, IpProtocol protocol, int length) =>
        Fold(Spread(source) + Spread(destination) + (uint)protocol + (uint)length);

    /// <summary>Folds a sum of 16-bit (or wider) words to 16 bits. Zero only if every word was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort Fold(ulong sum)
    {
        // 2^16 = 1 modulo 65535, so halves may be added at any width: 64 to 33 bits, 33 to 18, 18 to 17, 17 to 16.
        sum = (sum >> 32) + (uint)sum;
        uint folded = (uint)(sum >> 16) + (ushort)sum;
        folded = (folded >> 16) + (ushort)folded;
        return (ushort)(folded + (folded >> 16));
    }

    /// <summary>The 32-bit words of a 128-bit value, added; at most 34 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Spread(UInt128 value)
    {
        ulong upper = (ulong)(value >> 64);
        ulong lower = (ulong)value;
        return (upper >> 32) + (uint)upper + (lower >> 32) + (uint)lower;
    }

    /// <summary>
    /// The reference the vectors are tested against, and what short data uses: 32-bit words in 64-bit lanes.
    /// </summary>
    internal static ulong SumScalar(ref byte start, int length)
    {
        ulong even = 0, odd = 0;
        nint offset = 0;
        for (; offset <= length - 16; offset += 16)
        {
            even += Read<uint>(ref start, offset) + (ulong)Read<uint>(ref start, offset + 8);
            odd += Read<uint>(ref start, offset + 4) + (ulong)Read<uint>(ref start, offset + 12);
        }

        return even + odd + SumTail(ref start, offset, length);
    }

    /// <summary>Fewer than 16 bytes, from an even offset to the end.</summary>
    private static ulong SumTail(ref byte start, nint offset, int length)
    {
        ulong sum = 0;
        if ((length & 8) != 0)
        {
            sum += Read<uint>(ref start, offset) + (ulong)Read<uint>(ref start, offset + 4);
            offset += 8;
        }

        if ((length & 4) != 0)
        {
            sum += Read<uint>(ref start, offset);
            offset += 4;
        }

        if ((length & 2) != 0)
        {
            sum += Read<ushort>(ref start, offset);
            offset += 2;
        }

        // An odd byte is the first of a word whose second is zero.
        if ((length & 1) != 0)
            sum += BitConverter.IsLittleEndian ? Read<byte>(ref start, offset) : (uint)Read<byte>(ref start, offset) << 8;
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Read<T>(ref byte start, nint offset)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref start, offset));

    private static ushort ToHostOrder(ushort sum) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(sum) : sum;
}
