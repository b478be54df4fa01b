using System.Buffers;
using System.Runtime.InteropServices;
using FastTun.Memory;

namespace FastTun.Tests.Memory;

public class PacketMemoryPoolTests
{
    [Fact]
    public void Blocks_begin_at_a_cache_line_hold_the_longest_packet_and_are_used_again()
    {
        using var pool = new PacketMemoryPool();
        var addresses = new HashSet<nint>();
        for (int i = 0; i < 100; i++)
        {
            using IMemoryOwner<byte> owner = pool.Rent();
            Assert.True(owner.Memory.Length > 65536);
            Assert.True(MemoryMarshal.TryGetArray(owner.Memory, out ArraySegment<byte> segment));
            nint address = Marshal.UnsafeAddrOfPinnedArrayElement(segment.Array!, segment.Offset);
            Assert.Equal(0, address % 64);
            addresses.Add(address);
            GC.Collect(0);
            Assert.Equal(address, Marshal.UnsafeAddrOfPinnedArrayElement(segment.Array!, segment.Offset));
        }

        Assert.Single(addresses);
        Assert.Equal(0, pool.RentedBlocks);
    }

    [Fact]
    public void Returned_twice_a_block_serves_one_owner_only()
    {
        using var pool = new PacketMemoryPool();
        IMemoryOwner<byte> first = pool.Rent();
        first.Dispose();
        IMemoryOwner<byte> second = pool.Rent();
        first.Dispose();
        IMemoryOwner<byte> third = pool.Rent();
        Assert.False(second.Memory.Span == third.Memory.Span);
        Assert.Throws<ObjectDisposedException>(() => first.Memory);
        Assert.Equal(2, pool.RentedBlocks);
    }

    [Fact]
    public void More_than_a_block_is_refused_and_so_is_a_closed_pool()
    {
        var pool = new PacketMemoryPool();
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(PacketMemoryPool.BlockLength + 1));
        IMemoryOwner<byte> late = pool.Rent();
        pool.Dispose();
        late.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
    }
}
