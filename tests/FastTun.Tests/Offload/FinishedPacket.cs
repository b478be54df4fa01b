using FastTun.Packets;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Offload;

/// <summary>What must hold of a packet with nothing left undone.</summary>
internal static class FinishedPacket
{
    /// <summary>Asserts that the TCP or UDP checksum is there and right.</summary>
    public static void AssertRightChecksum(byte[] packet)
    {
        Assert.Equal(ParseError.None, PacketParser.Parse(packet, out ParsedPacket parsed));
        Assert.Equal(packet.Length, parsed.TotalLength);
        ReadOnlySpan<byte> l4 = packet.AsSpan(parsed.L4Offset);
        ReadOnlySpan<byte> addresses = parsed.Version == 4 ? packet.AsSpan(12, 8) : packet.AsSpan(8, 32);
        byte[] covered = [.. addresses, 0, (byte)parsed.Protocol, (byte)(l4.Length >> 8), (byte)l4.Length, .. l4];
        Assert.Equal(0, ReferenceChecksum.Compute(covered));
    }
}
