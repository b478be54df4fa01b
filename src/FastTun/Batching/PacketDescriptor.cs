using FastTun.Offload;
using FastTun.Packets;

namespace FastTun.Batching;

/// <summary>
/// Where one packet of a batch lies in its slab and what has been decided about it. Twenty bytes: three to a cache line.
/// </summary>
internal struct PacketDescriptor
{
    /// <summary>No output port chosen yet, and no network header found.</summary>
    public const byte None = byte.MaxValue;

    /// <summary>The first byte's place in the slab.</summary>
    public int Offset;

    /// <summary>The packet's length in bytes, link-layer header included.</summary>
    public int Length;

    /// <summary>The port that the packet is to leave by, or <see cref="None"/>.</summary>
    public byte OutputPort;

    /// <summary>The network header's distance from the first byte, or <see cref="None"/> for a frame that is not IP.</summary>
    public byte NetworkOffset;

    /// <summary>Why it goes no further.</summary>
    public DropReason Drop;

    /// <summary>What is left undone in it; nothing, of a packet from a port without offloads.</summary>
    public PacketOffload Offload;

    /// <summary>
    /// Whether what follows the link-layer header is no longer than an MTU; of a super-packet: in each of its segments.
    /// </summary>
    public readonly bool Fits(int mtu) =>
        Offload.LongestPacket(Length) - (NetworkOffset == None ? EthernetHeader.MaxLength : NetworkOffset) <= mtu;
}
