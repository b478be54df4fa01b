using FastTun.Linux;
using Tmds.Linux;

namespace FastTun.TestKit.Packets;

/// <summary>
/// Memory whose last byte lies right before a page that may not be touched: who reads or writes past the end crashes
/// the process, and cannot go unnoticed.
/// </summary>
public sealed unsafe class GuardedMemory : IDisposable
{
    private readonly byte* _start;
    private readonly int _usable;
    private readonly int _mapped;

    /// <summary>Maps the memory and its guard page.</summary>
    /// <param name="capacity">Bytes that must be usable; rounded up to whole pages.</param>
    public GuardedMemory(int capacity)
    {
        int page = Environment.SystemPageSize;
        _usable = (capacity + page - 1) / page * page;
        _mapped = _usable + page;
        int protection = LibC.PROT_READ | LibC.PROT_WRITE, flags = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS;
        void* mapped = LibC.mmap(null, _mapped, protection, flags, -1, 0);
        if (mapped == LibC.MAP_FAILED)
            throw new LinuxException("mmap", "guarded memory", (Errno)LibC.errno);
        _start = (byte*)mapped;
        if (LibC.mprotect(_start + _usable, page, LibC.PROT_NONE) != 0)
        {
            var error = (Errno)LibC.errno;
            Dispose();
            throw new LinuxException("mprotect", "guard page", error);
        }
    }

    /// <summary>The last bytes before the guard page.</summary>
    /// <param name="length">How many.</param>
    public Span<byte> Last(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _usable);
        return new Span<byte>(_start + _usable - length, length);
    }

    /// <summary>The bytes nearest to the guard page whose first lies at an address of a given alignment.</summary>
    /// <param name="length">How many.</param>
    /// <param name="alignment">The address modulo 64.</param>
    public Span<byte> Last(int length, int alignment)
    {
        // The guard page's address is a multiple of 64.
        int gap = (64 - ((length + alignment) % 64)) % 64;
        return Last(length + gap)[..length];
    }

    /// <summary>A copy of the bytes that ends at the guard page.</summary>
    /// <param name="bytes">What to copy.</param>
    public Span<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        Span<byte> copy = Last(bytes.Length);
        bytes.CopyTo(copy);
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = LibC.munmap(_start, _mapped);
}
