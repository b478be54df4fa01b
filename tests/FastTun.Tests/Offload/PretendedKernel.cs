using FastTun.Linux;
using FastTun.Linux.Probing;
using FastTun.Offload;
using FastTun.Packets;

namespace FastTun.Tests.Offload;

/// <summary>
/// A router that finishes what it is given as a kernel should, but for one fault, which it makes of packets that a test
/// chooses.
/// </summary>
internal sealed class PretendedKernel(KernelFault fault, Func<PacketOffload, byte[], bool> isFaulty) : IPacketLoop
{
    private readonly Queue<byte[]> _ready = new([Solicitation()]);

    public int Written { get; private set; }

    public SysResult TryWrite(ReadOnlySpan<byte> packet)
    {
        Written++;
        var header = VirtioNetHeader.Read(packet);
        byte[] bytes = packet[VirtioNetHeader.Size..].ToArray();
        Assert.True(OffloadRules.TryClassify(header, bytes, 0, out PacketOffload offload), $"{header}");
        bool isWrong = isFaulty(offload, bytes);
        if (isWrong && fault == KernelFault.Refuses)
            return SysResult.Failure(Errno.EINVAL);

        Assert.True(Ipv4Header.TryParse(bytes, out Ipv4Header ipv4) ? ipv4.DecrementTimeToLive()
            : Ipv6Header.TryParse(bytes, out Ipv6Header ipv6) && ipv6.DecrementHopLimit());
        List<byte[]> segments = Write.Cut(bytes, 0, offload);
        if (isWrong && fault == KernelFault.LosesTheLast)
            segments.RemoveAt(segments.Count - 1);
        if (isWrong && fault == KernelFault.HarmsTheLast)
            segments[^1][^1] ^= 1;
        foreach (byte[] segment in segments)
            _ready.Enqueue([.. new byte[VirtioNetHeader.Size], .. segment]);
        return SysResult.Success(packet.Length);
    }

    public int Read(Span<byte> buffer)
    {
        if (!_ready.TryDequeue(out byte[]? packet))
            return 0;
        packet.CopyTo(buffer);
        return packet.Length;
    }

    // A host has things to say of its own.
    private static byte[] Solicitation() => [.. new byte[VirtioNetHeader.Size], 0x60, .. new byte[60]];
}

internal enum KernelFault
{
    Refuses,
    LosesTheLast,
    HarmsTheLast,
}
