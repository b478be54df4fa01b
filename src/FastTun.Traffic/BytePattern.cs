namespace FastTun.Traffic;

/// <summary>
/// Bytes without end whose value at any position is known, so that what arrives can be checked: random ones, repeated every
/// 65521 bytes. That is a prime, so bytes that were shifted, lost or repeated by any other length, such as a number of
/// segments, do not match.
/// </summary>
internal static class BytePattern
{
    /// <summary>The most that can be asked for at once, in bytes.</summary>
    public const int Longest = 65536;

    private const int Period = 65521;

    private static readonly byte[] Bytes = Generate();

    /// <summary>The bytes from a position on.</summary>
    /// <param name="position">0 or more.</param>
    /// <param name="length">At most <see cref="Longest"/>.</param>
    public static ReadOnlySpan<byte> At(long position, int length) => Bytes.AsSpan((int)(position % Period), length);

    /// <summary>How many bytes are not what they should be.</summary>
    /// <param name="received">Any number of bytes.</param>
    /// <param name="position">Where the first of them stands.</param>
    public static long CountDifferences(ReadOnlySpan<byte> received, long position)
    {
        long differences = 0;
        for (int i = 0; i < received.Length; i++)
        {
            if (received[i] != Bytes[(position + i) % Period])
                differences++;
        }

        return differences;
    }

    private static byte[] Generate()
    {
        byte[] bytes = new byte[Period + Longest];
        new Random(1).NextBytes(bytes.AsSpan(0, Period));
        for (int i = Period; i < bytes.Length; i++)
            bytes[i] = bytes[i - Period];
        return bytes;
    }
}
