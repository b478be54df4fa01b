using System.Runtime.InteropServices;

namespace FastTun.Memory;

/// <summary>
/// The memory that one worker receives into: one pinned array that the collector never moves, so that the kernel may write
/// to it at any time, with its first packet at the start of a cache line. Untouched pages cost nothing.
/// </summary>
internal sealed class PacketSlab
{
    /// <summary>The size of a cache line, in bytes.</summary>
    public const int CacheLine = 64;

    /// <summary>Allocates the memory; it lives as long as this object.</summary>
    /// <param name="length">How many usable bytes, counted from <see cref="Start"/>.</param>
    public PacketSlab(int length)
    {
        Bytes = GC.AllocateUninitializedArray<byte>(length + CacheLine, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(Bytes, 0);
        Start = (int)(-address & (CacheLine - 1));
        End = Start + length;
    }

    /// <summary>The whole array; only [<see cref="Start"/>, <see cref="End"/>) is used.</summary>
    public byte[] Bytes { get; }

    /// <summary>The first usable byte, at the start of a cache line.</summary>
    public int Start { get; }

    /// <summary>The byte behind the last usable one.</summary>
    public int End { get; }
}
