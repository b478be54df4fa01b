using System.Buffers;
using System.Collections.Concurrent;

namespace FastTun.Memory;

/// <summary>
/// A pool of pinned blocks, each long enough for the longest packet and beginning at the start of a cache line: the kernel may
/// read and write them without the collector's knowledge. What is rented is not cleared. All members are for any thread.
/// </summary>
public sealed class PacketMemoryPool : MemoryPool<byte>
{
    /// <summary>The length of a block, in bytes: the longest packet, and a length before it.</summary>
    public const int BlockLength = Batching.PacketBatch.MaximumPacketLength;

    private readonly ConcurrentQueue<PacketSlab> _free = new();
    private long _rented;
    private volatile bool _disposed;

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockLength;

    /// <summary>How many blocks are out.</summary>
    public long RentedBlocks => Interlocked.Read(ref _rented);

    /// <summary>Takes a block out of the pool, or makes one when it is empty.</summary>
    /// <param name="minBufferSize">What is needed, up to <see cref="BlockLength"/>; a whole block is given all the same. -1: whatever.</param>
    /// <returns>To be disposed once, which brings the block back.</returns>
    /// <exception cref="ArgumentOutOfRangeException">More than a block was asked for.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockLength);
        ObjectDisposedException.ThrowIf(_disposed, this);
        Interlocked.Increment(ref _rented);
        return new Lease(this, _free.TryDequeue(out PacketSlab? block) ? block : new PacketSlab(BlockLength));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        _free.Clear();
    }

    private void Return(PacketSlab block)
    {
        Interlocked.Decrement(ref _rented);
        if (!_disposed)
            _free.Enqueue(block);
    }

    // One a rental, so that an owner that disposes late or twice cannot take the block from its next owner.
    private sealed class Lease(PacketMemoryPool pool, PacketSlab block) : IMemoryOwner<byte>
    {
        private PacketSlab? _block = block;

        public Memory<byte> Memory
        {
            get
            {
                PacketSlab? block = Volatile.Read(ref _block);
                ObjectDisposedException.ThrowIf(block is null, this);
                return block.Bytes.AsMemory(block.Start, BlockLength);
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _block, null) is { } block)
                pool.Return(block);
        }
    }
}
