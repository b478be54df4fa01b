using System.Buffers.Binary;
using FastTun.Linux.Bpf;

namespace FastTun.Linux.Tests.Bpf;

/// <summary>What the steering program should answer, said once more in C#.</summary>
internal static class FlowHash
{
    private const ulong Spread = 0x61C88647;

    public static uint Of(ReadOnlySpan<byte> packet, FlowParts parts = FlowParts.All)
    {
        bool isVersion6 = packet[0] >> 4 == 6;
        (int source, int bytes, int header) = isVersion6 ? (8, 16, 40) : (12, 4, (packet[0] & 15) * 4);
        bool isFragment = !isVersion6 && (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0;
        bool hasPorts = !isFragment && packet[isVersion6 ? 6 : 9] is 6 or 17 or 132;
        ulong sum = End(packet, parts, source, bytes, hasPorts ? header : null, FlowParts.SourceAddress, FlowParts.SourcePort)
            + End(
                packet,
                parts,
                source + bytes,
                bytes,
                hasPorts ? header + 2 : null,
                FlowParts.DestinationAddress,
                FlowParts.DestinationPort);
        return (uint)(sum * Spread >> 32);
    }

    private static ulong End(
        ReadOnlySpan<byte> packet, FlowParts parts, int address, int bytes, int? port, FlowParts ofAddress, FlowParts ofPort)
    {
        ulong end = 0;
        for (int i = 0; i < bytes && parts.HasFlag(ofAddress); i += 4)
            end = end * Spread + BinaryPrimitives.ReadUInt32BigEndian(packet[(address + i)..]);
        if (port is { } place && parts.HasFlag(ofPort))
            end = end * Spread + BinaryPrimitives.ReadUInt16BigEndian(packet[place..]);
        end *= Spread;
        return end ^ end >> 29;
    }
}
