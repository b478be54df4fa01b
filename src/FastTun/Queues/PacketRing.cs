namespace FastTun.Queues;

/// <summary>
/// A bounded first-in-first-out of packets between two threads, one that writes and one that reads: copies go in and out, and
/// neither side ever waits or allocates.
/// </summary>
internal sealed class PacketRing
{
    private readonly byte[] _bytes;
    private readonly int[] _lengths;
    private readonly int _slotLength;
    private readonly int _mask;

    // Apart from each other: each is written by one side and read by the other.
    private PaddedCounter _written;
    private PaddedCounter _read;

    /// <param name="slots">How many packets it holds, a power of two.</param>
    /// <param name="slotLength">The longest packet, in bytes.</param>
    public PacketRing(int slots, int slotLength)
    {
        if (!System.Numerics.BitOperations.IsPow2(slots))
            throw new ArgumentOutOfRangeException(nameof(slots), slots, "It must be a power of two.");
        _bytes = new byte[checked(slots * slotLength)];
        _lengths = new int[slots];
        _slotLength = slotLength;
        _mask = slots - 1;
    }

    /// <summary>How many packets are in it. Any thread; exact on the two that use it.</summary>
    public int Count => (int)(Volatile.Read(ref _written.Value) - Volatile.Read(ref _read.Value));

    /// <summary>The writer's side.</summary>
    /// <returns>False when the ring is full or the packet does not fit a slot.</returns>
    public bool TryWrite(ReadOnlySpan<byte> packet)
    {
        if (Count > _mask || packet.Length > _slotLength)
            return false;
        int slot = (int)_written.Value & _mask;
        packet.CopyTo(_bytes.AsSpan(slot * _slotLength, _slotLength));
        _lengths[slot] = packet.Length;
        Volatile.Write(ref _written.Value, _written.Value + 1);
        return true;
    }

    /// <summary>The reader's side: looks at the oldest packet without taking it. Empty packets are packets too.</summary>
    public bool TryPeek(out ReadOnlySpan<byte> packet)
    {
        if (Count == 0)
        {
            packet = default;
            return false;
        }

        int slot = (int)_read.Value & _mask;
        packet = _bytes.AsSpan(slot * _slotLength, _lengths[slot]);
        return true;
    }

    /// <summary>The reader's side: takes the packet that <see cref="TryPeek"/> showed.</summary>
    public void Advance() => Volatile.Write(ref _read.Value, _read.Value + 1);

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 192)]
    private struct PaddedCounter
    {
        [System.Runtime.InteropServices.FieldOffset(64)]
        public long Value;
    }
}
