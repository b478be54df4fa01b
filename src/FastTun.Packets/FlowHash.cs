using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace FastTun.Packets;

/// <summary>
/// The hash of a flow, equal for both directions: each end (address and port) is reduced to 64 bits, the two are put in
/// order, and a multiplication to 128 bits mixes them. The key is drawn at process start, so that nobody outside can
/// choose flows that collide; values mean nothing to another process. Not a cryptographic hash.
/// </summary>
internal static class FlowHash
{
    private static readonly ulong Key0 = RandomKey(), Key1 = RandomKey(), Key2 = RandomKey();

    /// <summary>An IPv4 address and port as 64 bits. Injective, so that nothing is lost before the mixing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong End(uint address, uint port) => ((ulong)address << 32) | port;

    /// <summary>An IPv6 address and port, mixed to 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong End(ulong addressUpper, ulong addressLower, uint port) =>
        Mix(addressUpper ^ Key0, addressLower ^ Key1) + port;

    /// <summary>The flow between two ends.</summary>
    /// <param name="one">One end.</param>
    /// <param name="other">The other; the order does not matter.</param>
    /// <param name="protocol">The protocol, 0 for "any".</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Combine(ulong one, ulong other, IpProtocol protocol)
    {
        ulong low = Math.Min(one, other), high = Math.Max(one, other);
        ulong mixed = Mix(Mix(low ^ Key0, Key1 ^ (ulong)protocol) ^ high, Key2);
        return (uint)(mixed ^ (mixed >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong left, ulong right)
    {
        ulong upper = Math.BigMul(left, right, out ulong lower);
        return upper ^ lower;
    }

    // Odd and with high bits set: a small factor would mix little.
    private static ulong RandomKey()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) | 0x8000_0000_0000_0001;
    }
}
