using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastTun.Packets;

/// <summary>
/// Reads and writes fields in network order (big-endian) at offsets that a header's <c>TryParse</c> has proven. A
/// release build therefore checks nothing here; a debug build checks every access. No other code of this project does
/// without checks, but the checksum's kernels.
/// </summary>
internal static class NetworkOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte ReadByte(ReadOnlySpan<byte> bytes, int offset) => At(bytes, offset, sizeof(byte));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ReadUInt16(ReadOnlySpan<byte> bytes, int offset) =>
        FromNetwork(Unsafe.ReadUnaligned<ushort>(ref At(bytes, offset, sizeof(ushort))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadUInt32(ReadOnlySpan<byte> bytes, int offset) =>
        FromNetwork(Unsafe.ReadUnaligned<uint>(ref At(bytes, offset, sizeof(uint))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadUInt64(ReadOnlySpan<byte> bytes, int offset) =>
        FromNetwork(Unsafe.ReadUnaligned<ulong>(ref At(bytes, offset, sizeof(ulong))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt128 ReadUInt128(ReadOnlySpan<byte> bytes, int offset) =>
        new(ReadUInt64(bytes, offset), ReadUInt64(bytes, offset + sizeof(ulong)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteByte(Span<byte> bytes, int offset, byte value) => At(bytes, offset, sizeof(byte)) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt16(Span<byte> bytes, int offset, ushort value) =>
        Unsafe.WriteUnaligned(ref At(bytes, offset, sizeof(ushort)), FromNetwork(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt32(Span<byte> bytes, int offset, uint value) =>
        Unsafe.WriteUnaligned(ref At(bytes, offset, sizeof(uint)), FromNetwork(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt128(Span<byte> bytes, int offset, UInt128 value)
    {
        Unsafe.WriteUnaligned(ref At(bytes, offset, sizeof(ulong)), FromNetwork((ulong)(value >> 64)));
        Unsafe.WriteUnaligned(ref At(bytes, offset + sizeof(ulong), sizeof(ulong)), FromNetwork((ulong)value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte At(ReadOnlySpan<byte> bytes, int offset, int size)
    {
        Debug.Assert(offset >= 0 && offset <= bytes.Length - size, "A header view reads what TryParse did not prove.");
        return ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), offset);
    }

    // Swapping is its own inverse, so these serve both ways.
    private static ushort FromNetwork(ushort value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static uint FromNetwork(uint value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static ulong FromNetwork(ulong value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
