using FastTun.Packets;

namespace FastTun.Tests.Offload;

/// <summary>
/// Judges by the library's own full parser, not by the coalescer's eyes, that no packet overtook another of its flow.
/// </summary>
internal static class FlowOrder
{
    public static void AssertKept(byte[][] packets, int[] order)
    {
        ParsedPacket?[] parsed = [.. packets.Select(Parse)];
        for (int late = 1; late < order.Length; late++)
        {
            for (int early = 0; early < late; early++)
            {
                (int left, int right) = (order[early], order[late]);
                if (left > right)
                    Assert.False(MayBeOneFlow(packets, parsed, left, right), $"packet {left} overtook {right}");
            }
        }
    }

    private static ParsedPacket? Parse(byte[] packet) =>
        PacketParser.Parse(packet, out ParsedPacket parsed) == ParseError.None ? parsed : null;

    private static bool MayBeOneFlow(byte[][] packets, ParsedPacket?[] parsed, int left, int right)
    {
        if (parsed[left] is not { } one || parsed[right] is not { } other || one.Version != other.Version)
            return false;
        Range addresses = one.Version == 4 ? 12..20 : 8..40;
        if (!packets[left].AsSpan(addresses).SequenceEqual(packets[right].AsSpan(addresses))
            || one.Protocol != other.Protocol)
            return false;
        return !one.HasPorts || !other.HasPorts
            || packets[left].AsSpan(one.L4Offset, 4).SequenceEqual(packets[right].AsSpan(other.L4Offset, 4));
    }
}
