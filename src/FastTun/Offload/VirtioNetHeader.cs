using System.Runtime.InteropServices;

namespace FastTun.Offload;

/// <summary>
/// The ten bytes before each packet of a device with IFF_VNET_HDR (struct virtio_net_hdr of linux/virtio_net.h): what
/// the sender of a packet left undone. Fields are in host order, as TUN has them unless told otherwise (TUNSETVNETLE).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct VirtioNetHeader
{
    /// <summary>Its size in bytes; version 1's further field (num_buffers) is never asked for.</summary>
    public const int Size = 10;

    /// <summary>
    /// VIRTIO_NET_HDR_F_NEEDS_CSUM: the checksum field holds the pseudo-header's sum, the rest is to be added.
    /// </summary>
    public const byte NeedsChecksum = 1;

    /// <summary>
    /// VIRTIO_NET_HDR_F_DATA_VALID: the checksum has been verified. Means nothing when written to a TUN.
    /// </summary>
    public const byte DataValid = 2;

    /// <summary>
    /// VIRTIO_NET_HDR_GSO_ECN: the first segment alone carries TCP's CWR flag. A bit beside the type.
    /// </summary>
    public const byte Ecn = 0x80;

    /// <summary><see cref="NeedsChecksum"/>, <see cref="DataValid"/>.</summary>
    public byte Flags { get; init; }

    /// <summary>A <see cref="GsoKind"/>, perhaps with <see cref="Ecn"/>.</summary>
    public byte GsoType { get; init; }

    /// <summary>
    /// Bytes of all headers, for the receiver's convenience. On the kernel's forwarding path it is whatever was linear,
    /// up to the whole packet: never to be relied on.
    /// </summary>
    public ushort HeaderLength { get; init; }

    /// <summary>Bytes of payload in each segment but the last.</summary>
    public ushort GsoSize { get; init; }

    /// <summary>Where the bytes that the checksum covers begin, from the packet's first.</summary>
    public ushort ChecksumStart { get; init; }

    /// <summary>Where the checksum field lies, from <see cref="ChecksumStart"/>.</summary>
    public ushort ChecksumOffset { get; init; }

    /// <summary>Whether the packet is finished, and can be taken as it is.</summary>
    public bool IsPlain => (Flags & ~DataValid) == 0 && GsoType == 0;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public static VirtioNetHeader Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<VirtioNetHeader>(bytes);

    /// <summary>What a packet needs to have written before it.</summary>
    /// <param name="offload">What is left undone in it.</param>
    public static VirtioNetHeader For(PacketOffload offload) => new()
    {
        Flags = offload.HasPartialChecksum ? NeedsChecksum : (byte)0,
        GsoType = offload.GsoType,
        HeaderLength = offload.HeaderLength,
        GsoSize = offload.SegmentSize,
        ChecksumStart = offload.ChecksumStart,
        ChecksumOffset = offload.ChecksumOffset,
    };

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public void WriteTo(Span<byte> bytes) => MemoryMarshal.Write(bytes, this);
}
