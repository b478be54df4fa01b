using System.Buffers.Binary;

namespace FastTun.Traffic.Udp;

/// <summary>
/// What a UDP payload begins with, so that its receiver can measure: 32 bytes, in network byte order.
/// <code>
///   0 magic   4 run   8 flow   12 payload length   16 sequence number   24 time stamp
/// </code>
/// Both ends are on one machine, so the time stamp is its monotonic clock, in Stopwatch ticks (nanoseconds on Linux).
/// </summary>
/// <param name="Run">Which trial; a straggler of an earlier one is not taken for this one's.</param>
/// <param name="Flow">Which flow, from 0.</param>
/// <param name="Sequence">Which packet of the flow, from 0.</param>
/// <param name="Timestamp">When it was handed to the kernel.</param>
internal readonly record struct PayloadHeader(uint Run, uint Flow, long Sequence, long Timestamp)
{
    /// <summary>Bytes.</summary>
    public const int Length = 32;

    private const uint Magic = 0x46_54_75_6E; // "FTun"

    /// <summary>Writes it at the start of a payload that is sent whole.</summary>
    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteUInt32BigEndian(payload, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], Run);
        BinaryPrimitives.WriteUInt32BigEndian(payload[8..], Flow);
        BinaryPrimitives.WriteInt32BigEndian(payload[12..], payload.Length);
        BinaryPrimitives.WriteInt64BigEndian(payload[16..], Sequence);
        BinaryPrimitives.WriteInt64BigEndian(payload[24..], Timestamp);
    }

    /// <summary>Reads it from a payload that was received.</summary>
    /// <returns>Whether there is one; the payload may still be shorter or longer than it was.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out PayloadHeader header, out int sentLength)
    {
        header = default;
        sentLength = 0;
        if (payload.Length < Length || BinaryPrimitives.ReadUInt32BigEndian(payload) != Magic)
            return false;
        sentLength = BinaryPrimitives.ReadInt32BigEndian(payload[12..]);
        header = new PayloadHeader(
            BinaryPrimitives.ReadUInt32BigEndian(payload[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(payload[8..]),
            BinaryPrimitives.ReadInt64BigEndian(payload[16..]),
            BinaryPrimitives.ReadInt64BigEndian(payload[24..]));
        return true;
    }
}
