using FastTun.Packets;

namespace FastTun.Batching;

/// <summary>
/// One packet of a batch, as a stage sees it: its bytes, to be read and rewritten in place, and its fate, to be decided.
/// Valid until the stage returns.
/// </summary>
public readonly ref struct Packet
{
    private readonly PacketBatch _batch;
    private readonly ref PacketDescriptor _descriptor;

    internal Packet(PacketBatch batch, ref PacketDescriptor descriptor)
    {
        _batch = batch;
        _descriptor = ref descriptor;
    }

    /// <summary>The whole packet: from the IP header on at a TUN port, from the Ethernet header on at a TAP port.</summary>
    public Span<byte> Bytes => _batch.Memory.AsSpan(_descriptor.Offset, _descriptor.Length);

    /// <summary>The packet from its IP header on; empty for an Ethernet frame that carries something else.</summary>
    public Span<byte> Network
    {
        get
        {
            int skip = _descriptor.NetworkOffset;
            return IsIp && skip <= _descriptor.Length
                ? _batch.Memory.AsSpan(_descriptor.Offset + skip, _descriptor.Length - skip)
                : [];
        }
    }

    /// <summary>Whether it is IP at all; a port without Ethernet headers carries nothing else.</summary>
    public bool IsIp => _descriptor.NetworkOffset != PacketDescriptor.None;

    /// <summary>
    /// Whether the TCP or UDP checksum behind its IP headers is yet to be computed: the field holds the sum of the pseudo-header
    /// alone, not complemented (virtio's NEEDS_CSUM). Who changes an address changes it by
    /// <see cref="ChecksumDelta.ApplyToPartial"/>; ports and payload are not in it. Only packets from ports with offloads have it.
    /// </summary>
    /// <param name="networkHeaderLength">
    /// Bytes of the IP headers: in a packet that was put into a tunnel the checksum farther inside may be the partial one.
    /// </param>
    public bool HasPartialChecksum(int networkHeaderLength) =>
        _descriptor.Offload.HasPartialChecksum
        && _descriptor.Offload.ChecksumStart == _descriptor.NetworkOffset + networkHeaderLength;

    /// <summary>How many packets it stands for: more than one if it is a super-packet, which is forwarded whole.</summary>
    public int SegmentCount => _descriptor.Offload.SegmentCount(_descriptor.Length);

    /// <summary>The port it was received at, an index into <see cref="PacketBatch.Ports"/>.</summary>
    public int InputPort => _batch.InputPort;

    /// <summary>The port it is to leave by; -1 while no stage has chosen one.</summary>
    public int OutputPort => _descriptor.OutputPort == PacketDescriptor.None ? -1 : _descriptor.OutputPort;

    /// <summary>Whether the packet may pass a port: its link-layer header, VLAN tags included, does not count against the MTU.</summary>
    /// <param name="port">One of <see cref="PacketBatch.Ports"/>.</param>
    public bool Fits(PortState port)
    {
        ArgumentNullException.ThrowIfNull(port);
        return _descriptor.Fits(port.Mtu);
    }

    /// <summary>Chooses the port it leaves by; the last stage to choose wins. A port that does not exist chooses none.</summary>
    /// <param name="port">An index into <see cref="PacketBatch.Ports"/>.</param>
    public void ForwardTo(int port) =>
        _descriptor.OutputPort = (uint)port < PacketDescriptor.None ? (byte)port : PacketDescriptor.None;

    /// <summary>Ends its way here; stages behind this one do not see it any more.</summary>
    /// <param name="reason">Anything but <see cref="DropReason.None"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no reason: there is no counter to book the packet in.</exception>
    public void Drop(DropReason reason)
    {
        if (reason is DropReason.None or > DropReason.WorkerFailed)
            throw new ArgumentOutOfRangeException(nameof(reason), reason, "A packet is dropped for a reason that is counted.");
        _descriptor.Drop = reason;
    }
}
