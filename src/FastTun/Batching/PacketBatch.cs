using FastTun.Memory;

namespace FastTun.Batching;

/// <summary>
/// Up to 64 packets on their way through one worker, in the order of their arrival. They lie one behind the other in a
/// pinned slab, each at the start of a cache line with headroom before it: small packets stay close together in the cache,
/// where slots at 64 KiB strides would all fall into the same cache sets. A batch belongs to its worker's thread alone.
/// </summary>
public sealed class PacketBatch
{
    /// <summary>How many packets a batch holds at most.</summary>
    public const int Capacity = 64;

    /// <summary>Free bytes before each packet.</summary>
    public const int Headroom = PacketSlab.CacheLine;

    /// <summary>
    /// The longest packet, in bytes: what a read is always given room for, as TUN truncates in silence. 65,535 of IP, or a TAP's
    /// 65,521 with an Ethernet header and two VLAN tags, up to the end of a cache line.
    /// </summary>
    public const int MaximumPacketLength = 65536 + PacketSlab.CacheLine;

    /// <summary>Room for 64 packets of a 1500-byte MTU and still a longest one, and small enough for a level-2 cache.</summary>
    private const int SlabLength = 256 * 1024;

    private readonly PacketSlab _own = new(SlabLength);
    private readonly PacketDescriptor[] _descriptors = GC.AllocateArray<PacketDescriptor>(Capacity, pinned: true);
    private PacketSlab _slab;
    private int _next;

    /// <summary>Makes an empty batch with memory of its own.</summary>
    /// <param name="ports">What <see cref="Ports"/> is until the worker brings it up to date.</param>
    internal PacketBatch(PortTable ports)
    {
        Ports = ports;
        _slab = _own;
        Clear(inputPort: 0);
    }

    /// <summary>How many packets were received, dropped ones included.</summary>
    public int Count { get; private set; }

    /// <summary>The port that all of them were received at, an index into <see cref="Ports"/>.</summary>
    public int InputPort { get; private set; }

    /// <summary>The engine's ports as they are now; the same for the whole batch.</summary>
    public PortTable Ports { get; internal set; }

    internal byte[] Memory => _slab.Bytes;

    /// <summary>Whether packets were received that are unfinished: with a partial checksum, or to be cut into segments.</summary>
    internal bool HasUnfinished { get; set; }

    internal Span<PacketDescriptor> Descriptors => _descriptors.AsSpan(0, Count);

    /// <summary>The packets that are still on their way, in order: <c>foreach (Packet packet in batch)</c>.</summary>
    public PacketEnumerator GetEnumerator() => new(this, PacketEnumerator.AnyPort);

    /// <summary>The packets that are to leave by one port, in order. A packet that is dropped while they are walked is not sent.</summary>
    /// <param name="port">An index into <see cref="Ports"/>.</param>
    public PacketEnumerator LeavingBy(int port) => new(this, port);

    /// <summary>Room for one more packet: the queue that receives writes there and then says <see cref="Add"/>.</summary>
    /// <param name="room">At least <see cref="MaximumPacketLength"/> bytes.</param>
    /// <returns>False when the batch, or its slab, is full.</returns>
    public bool TryReserve(out Span<byte> room) => TryReserve(0, out room);

    /// <summary>Room for one more packet and a header before it, which is not part of the packet and goes to its headroom.</summary>
    /// <param name="headerLength">Bytes before the packet, 0 to <see cref="Headroom"/>.</param>
    /// <param name="room">The header's room, and at least <see cref="MaximumPacketLength"/> bytes behind it.</param>
    /// <returns>False when the batch, or its slab, is full.</returns>
    public bool TryReserve(int headerLength, out Span<byte> room)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)headerLength, (uint)Headroom);
        if (Count == Capacity || _next + MaximumPacketLength > _slab.End)
        {
            room = default;
            return false;
        }

        room = _slab.Bytes.AsSpan(_next - headerLength, headerLength + MaximumPacketLength);
        return true;
    }

    /// <summary>Makes what was written to the reserved room the batch's next packet.</summary>
    /// <param name="length">Its length in bytes, 0 to <see cref="MaximumPacketLength"/>.</param>
    public void Add(int length)
    {
        _descriptors[Count++] = new PacketDescriptor { Offset = _next, Length = length, OutputPort = PacketDescriptor.None };
        int used = _next - _slab.Start + length + Headroom;
        _next = _slab.Start + ((used + PacketSlab.CacheLine - 1) & -PacketSlab.CacheLine);
    }

    /// <summary>
    /// Lets the batch have its packets in another slab, until it is cleared; it must be empty. There is then no room
    /// to reserve: the places there are the lender's.
    /// </summary>
    /// <param name="slab">Where they lie; <see cref="Place"/> says where in it.</param>
    internal void Borrow(PacketSlab slab)
    {
        _slab = slab;
        _next = slab.End;
    }

    /// <summary>Makes what lies in a borrowed slab the batch's next packet.</summary>
    /// <param name="offset">Its first byte, with <see cref="Headroom"/> before it.</param>
    /// <param name="length">Its length in bytes, 0 to <see cref="MaximumPacketLength"/>.</param>
    internal void Place(int offset, int length) =>
        _descriptors[Count++] = new PacketDescriptor { Offset = offset, Length = length, OutputPort = PacketDescriptor.None };

    internal void Clear(int inputPort)
    {
        _slab = _own;
        InputPort = inputPort;
        Count = 0;
        HasUnfinished = false;
        _next = _slab.Start + Headroom;
    }
}
