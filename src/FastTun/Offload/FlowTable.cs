using System.Runtime.CompilerServices;

namespace FastTun.Offload;

/// <summary>
/// Which group of a batch a flow's next packet may join: open addressing over 128 slots, twice what a batch can fill,
/// and a stamp instead of clearing. Flows are told apart by their hash alone: whoever joins compares all headers
/// anyway, and two flows in one slot only end each other's groups.
/// </summary>
internal sealed class FlowTable
{
    /// <summary>No group is open.</summary>
    public const int None = -1;

    private const int Size = 128;

    private readonly Slot[] _slots = new Slot[Size];
    private long _epoch;

    /// <summary>Ends all groups. No more than 64 flows may be looked up before the next call.</summary>
    public void Clear() => _epoch++;

    /// <summary>The flow's open group, to be read and replaced; <see cref="None"/> at first.</summary>
    /// <param name="hash">The flow's hash; its upper bits choose the slot.</param>
    public ref int OpenGroup(uint hash)
    {
        for (uint index = hash >> 25; ; index++)
        {
            ref Slot slot = ref _slots[index % Size];
            if (slot.Epoch != _epoch)
                return ref Take(ref slot, hash);
            if (slot.Hash == hash)
                return ref slot.Group;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int Take(ref Slot slot, uint hash)
    {
        slot.Epoch = _epoch;
        slot.Hash = hash;
        slot.Group = None;
        return ref slot.Group;
    }

    private struct Slot
    {
        public long Epoch;
        public uint Hash;
        public int Group;
    }
}
