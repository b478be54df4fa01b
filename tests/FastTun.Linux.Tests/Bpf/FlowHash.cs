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
        int portBytes = hasPorts ? 2 : 0;
        ulong sum = End(
                packet.Slice(source, parts.HasFlag(FlowParts.SourceAddress) ? bytes : 0),
                packet.Slice(header, parts.HasFlag(FlowParts.SourcePort) ? portBytes : 0))
            + End(
                packet.Slice(source + bytes, parts.HasFlag(FlowParts.DestinationAddress) ? bytes : 0),
                packet.Slice(header + portBytes, parts.HasFlag(FlowParts.DestinationPort) ? portBytes : 0));
        return (uint)(sum * Spread >> 32);
    }

    private static ulong End(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port)
    {
        ulong end = 0;
        for (; !address.IsEmpty; address = address[4..])
            end = end * Spread + BinaryPrimitives.ReadUInt32BigEndian(address);
        if (!port.IsEmpty)
            end = end * Spread + BinaryPrimitives.ReadUInt16BigEndian(port);
        end *= Spread;
        return end ^ end >> 29;
    }
}
