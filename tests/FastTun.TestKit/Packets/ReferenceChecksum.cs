namespace FastTun.TestKit.Packets;

/// <summary>
/// RFC 1071 as it is written: 16-bit words one after the other, the carry brought round each time. Slow, and shares
/// nothing with the code it judges.
/// </summary>
public static class ReferenceChecksum
{
    /// <summary>The un-complemented sum, host order.</summary>
    public static ushort Sum(ReadOnlySpan<byte> data, ushort initial = 0)
    {
        uint sum = initial;
        for (int i = 0; i < data.Length; i += 2)
            sum = AddWord(sum, data[i], i + 1 < data.Length ? data[i + 1] : (byte)0);
        return (ushort)sum;
    }

    /// <summary>The checksum, host order.</summary>
    public static ushort Compute(ReadOnlySpan<byte> data, ushort initial = 0) => (ushort)~Sum(data, initial);

    /// <summary>
    /// The sums of every prefix of the data, prefix length as index: one pass instead of one a length.
    /// </summary>
    public static ushort[] PrefixSums(ReadOnlySpan<byte> data)
    {
        var sums = new ushort[data.Length + 1];
        uint even = 0;
        for (int i = 0; i < data.Length; i++)
        {
            sums[i + 1] = (ushort)AddWord(even, data[i & ~1], (i & 1) == 1 ? data[i] : (byte)0);
            if ((i & 1) == 1)
                even = sums[i + 1];
        }

        return sums;
    }

    private static uint AddWord(uint sum, byte upper, byte lower)
    {
        sum += (uint)((upper << 8) | lower);
        return sum > 0xFFFF ? sum - 0xFFFF : sum;
    }
}
