using FastTun.Linux.Native;

namespace FastTun.Linux;

/// <summary>Memory that the kernel shares through a descriptor (mmap(2)), unmapped once.</summary>
internal sealed unsafe class SharedMapping : IDisposable
{
    private readonly nuint _length;
    private byte* _start;

    /// <summary>Maps it for reading and writing, with all its pages.</summary>
    /// <exception cref="LinuxException">ENOMEM: there is no memory for it.</exception>
    public SharedMapping(FileDescriptor descriptor, nint offset, nuint length)
    {
        const int Protection = Mman.PROT_READ | Mman.PROT_WRITE, Flags = Mman.MAP_SHARED | Mman.MAP_POPULATE;
        void* start = Mman.mmap(null, length, Protection, Flags, descriptor.Number, offset);
        SysResult.FromReturn((nint)start == -1 ? -1 : 0).OrThrow("mmap", $"descriptor {descriptor.Number}");
        _start = (byte*)start;
        _length = length;
    }

    /// <summary>The address of what is so many bytes behind the start.</summary>
    public byte* At(uint offset) => _start + offset;

    /// <summary>Unmaps it; addresses inside mean nothing from then on.</summary>
    public void Dispose()
    {
        if (_start != null)
            _ = Mman.munmap(_start, _length);
        _start = null;
    }
}
