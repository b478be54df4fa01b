using FastTun.Packets;

namespace FastTun.Batching;

/// <summary>
/// Where one packet of a batch lies in its slab and what has been decided about it. Twelve bytes: five to a cache line.
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

    /// <summary>Whether what follows the link-layer header is no longer than an MTU.</summary>
    public readonly bool Fits(int mtu) => Length - (NetworkOffset == None ? EthernetHeader.MaxLength : NetworkOffset) <= mtu;
}
