using FastTun.Packets;

namespace FastTun.Tests.Stages;

/// <summary>Compares packets of which one has checksums that were updated, the other such that were computed.</summary>
internal static class SamePacket
{
    /// <summary>
    /// The sums 0x0000 and 0xFFFF are one value, and an update may land on either (RFC 1624 section 3): both verify.
    /// </summary>
    public static void Assert(byte[] expected, byte[] actual)
    {
        if (expected.AsSpan().SequenceEqual(actual))
            return;
        Xunit.Assert.Equal(expected.Length, actual.Length);
        int[] different = [.. Enumerable.Range(0, expected.Length).Where(i => expected[i] != actual[i])];
        Xunit.Assert.True(
            different.All(i => (expected[i] is 0 or 0xFF) && (actual[i] is 0 or 0xFF)),
            $"{PacketFormatter.Format(expected)}\n{PacketFormatter.Format(actual)}");
    }
}
