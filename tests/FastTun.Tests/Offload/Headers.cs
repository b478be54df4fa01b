using FastTun.Offload;

namespace FastTun.Tests.Offload;

/// <summary>Virtio-net headers as an honest kernel writes them, to be varied with <c>with</c>.</summary>
internal static class Headers
{
    public static VirtioNetHeader Tcp4(ushort gsoSize, ushort l4Offset = 20) => Gso(GsoKind.Tcp4, gsoSize, l4Offset, 16);

    public static VirtioNetHeader Tcp6(ushort gsoSize, ushort l4Offset = 40) => Gso(GsoKind.Tcp6, gsoSize, l4Offset, 16);

    public static VirtioNetHeader Udp(ushort gsoSize, ushort l4Offset) => Gso(GsoKind.Udp, gsoSize, l4Offset, 6);

    /// <summary>One packet, whose checksum is partial.</summary>
    public static VirtioNetHeader Partial(ushort start, ushort offset) =>
        new() { Flags = VirtioNetHeader.NeedsChecksum, ChecksumStart = start, ChecksumOffset = offset };

    private static VirtioNetHeader Gso(GsoKind kind, ushort gsoSize, ushort l4Offset, ushort checksumOffset) =>
        Partial(l4Offset, checksumOffset) with { GsoType = (byte)kind, GsoSize = gsoSize, HeaderLength = l4Offset };
}
