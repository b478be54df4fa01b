using FastTun.Batching;
using FastTun.Linux.Tun;
using FastTun.Packets;

namespace FastTun.Offload;

/// <summary>
/// Joins what one batch sends by one port: TCP segments that follow each other, and UDP datagrams of one size, become
/// super-packets, which cost the kernel little more than one packet. No payload is copied: the result is a plan for
/// gathering writes. Nothing waits for a later batch; within a flow nothing is overtaken; and what is cut from a
/// super-packet equals what went in, byte for byte, but for the identification of atomic datagrams that all had the
/// same one. One instance a worker.
/// </summary>
internal sealed class Coalescer
{
    /// <summary>What <see cref="Next"/> answers for a group's last packet.</summary>
    public const int End = -1;

    private const int MaxIpLength = 65535;

    // A batch is no more than the kernel lets one write join: 64 datagrams (UDP_MAX_SEGMENTS before Linux 6.9), 1024
    // pieces.
    private readonly PacketGroup[] _groups = new PacketGroup[PacketBatch.Capacity];
    private readonly byte[] _leaving = new byte[PacketBatch.Capacity];
    private readonly byte[] _next = new byte[PacketBatch.Capacity];
    private readonly FlowTable _flows = new();
    private TunOffloads _usable;
    private int _count;

    /// <summary>Whether packets are joined at all; if not, each is a group of its own.</summary>
    public bool Joins { get; init; } = true;

    /// <summary>
    /// Plans how the packets leave: each group is one write, in this order. The ten bytes before each group's first
    /// packet are then its virtio-net header, and the headers of a first packet that others follow are those of the
    /// super-packet.
    /// </summary>
    /// <param name="batch">The batch; every packet has at least ten bytes of room before it.</param>
    /// <param name="port">Where they leave, a port with virtio-net headers.</param>
    /// <param name="usable">What may be joined.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<PacketGroup> Plan(PacketBatch batch, int port, TunOffloads usable = TunOffloads.All)
    {
        Span<PacketDescriptor> descriptors = batch.Descriptors;
        int leaving = 0;
        for (int index = 0; index < descriptors.Length; index++)
        {
            if (descriptors[index].Drop == DropReason.None && descriptors[index].OutputPort == port)
                _leaving[leaving++] = (byte)index;
        }

        _count = 0;
        _usable = usable;
        _flows.Clear();
        if (leaving > 1 && Joins)
        {
            Group(batch, _leaving.AsSpan(0, leaving));
        }
        else
        {
            foreach (byte index in _leaving.AsSpan(0, leaving))
                Begin(index, descriptors[index].Length);
        }

        foreach (ref readonly PacketGroup group in _groups.AsSpan(0, _count))
        {
            if (group.Count > 1)
                Join(batch, group);
            WriteHeader(batch, descriptors[group.First]);
        }

        return _groups.AsSpan(0, _count);
    }

    /// <summary>The packet behind another of the same group, or <see cref="End"/>.</summary>
    /// <param name="group">The group.</param>
    /// <param name="packet">One of its packets: <see cref="PacketGroup.First"/>, or what this method answered.</param>
    public int Next(in PacketGroup group, int packet) => packet == group.Last ? End : _next[packet];

    /// <summary>
    /// Takes a group apart that the kernel would not have whole: each packet can then be sent by itself, the first,
    /// whose headers were changed, with a partial checksum. All virtio-net headers are written.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="group">A group of the last plan, of more than one packet.</param>
    public void Dissolve(PacketBatch batch, in PacketGroup group)
    {
        ref PacketDescriptor first = ref batch.Descriptors[group.First];
        IpProtocol protocol = first.Offload.Kind == GsoKind.Udp ? IpProtocol.Udp : IpProtocol.Tcp;
        SuperPacket.Resize(Network(batch, first), protocol, first.Length - first.NetworkOffset, endingFlags: 0);
        first.Offload.GsoType = 0;
        first.Offload.SegmentSize = first.Offload.HeaderLength = 0;
        for (int index = group.First; index != End; index = Next(group, index))
            WriteHeader(batch, batch.Descriptors[index]);
    }

    private void Group(PacketBatch batch, ReadOnlySpan<byte> leaving)
    {
        foreach (byte index in leaving)
        {
            ref readonly PacketDescriptor descriptor = ref batch.Descriptors[index];
            var packet = new JoinCandidate(Bytes(batch, descriptor), descriptor);
            if (packet.Role <= FlowRole.AnyFlow)
            {
                if (packet.Role == FlowRole.AnyFlow)
                    _flows.Clear();
                Begin(index, descriptor.Length);
                continue;
            }

            ref int open = ref _flows.OpenGroup(packet.Hash);
            if (packet.Role == FlowRole.Alone)
            {
                Begin(index, descriptor.Length);
                open = FlowTable.None;
            }
            else if (open == FlowTable.None || !TryJoin(batch, ref _groups[open], index, packet))
            {
                open = packet.Ending != 0 || (packet.Joined & _usable) == 0 ? FlowTable.None : _count;
                Begin(index, descriptor.Length, packet);
            }
            else if (packet.Ending != 0 || packet.PayloadLength < _groups[open].SegmentSize)
            {
                open = FlowTable.None;
            }
        }
    }

    private bool TryJoin(PacketBatch batch, ref PacketGroup group, byte index, in JoinCandidate packet)
    {
        int payload = packet.PayloadLength;
        ref readonly PacketDescriptor descriptor = ref batch.Descriptors[group.First];
        if (packet.HeaderLength != group.HeaderLength || payload > group.SegmentSize
            || group.Length + payload - descriptor.NetworkOffset > MaxIpLength)
            return false;

        ReadOnlySpan<byte> first = Bytes(batch, descriptor);
        if (!packet.HasHeadersOf(first)
            || (packet.Protocol == IpProtocol.Tcp && packet.SequenceNumber != group.NextSequence)
            || !packet.ContinuesIdentification(first, group.Count, group.Identification, out Identification now)
            || !(group.IsVerified || new JoinCandidate(first, descriptor).HasRightChecksums())
            || !packet.HasRightChecksums())
            return false;

        _next[group.Last] = index;
        group.Last = index;
        group.Count++;
        group.Length += payload;
        group.NextSequence += (uint)payload;
        group.EndingFlags = packet.Ending;
        group.IsVerified = true;
        group.Identification = now;
        return true;
    }

    private void Begin(byte index, int length) =>
        _groups[_count++] = new PacketGroup { First = index, Last = index, Count = 1, Length = length };

    private void Begin(byte index, int length, in JoinCandidate packet) => _groups[_count++] = new PacketGroup
    {
        First = index,
        Last = index,
        Count = 1,
        Length = length,
        HeaderLength = (ushort)packet.HeaderLength,
        Kind = packet.Kind,
        L4Offset = (ushort)(packet.HeaderLength - packet.L4HeaderLength),
        SegmentSize = (ushort)packet.PayloadLength,
        NextSequence = packet.Protocol == IpProtocol.Tcp ? packet.SequenceNumber + (uint)packet.PayloadLength : 0,
    };

    private static void Join(PacketBatch batch, in PacketGroup group)
    {
        ref PacketDescriptor first = ref batch.Descriptors[group.First];
        IpProtocol protocol = group.Kind == GsoKind.Udp ? IpProtocol.Udp : IpProtocol.Tcp;
        SuperPacket.Resize(Network(batch, first), protocol, group.Length - first.NetworkOffset, group.EndingFlags);
        first.Offload = new PacketOffload
        {
            GsoType = (byte)group.Kind,
            ChecksumStart = group.L4Offset,
            ChecksumOffset = protocol == IpProtocol.Tcp ? (byte)TcpHeader.ChecksumOffset : (byte)UdpHeader.ChecksumOffset,
            SegmentSize = group.SegmentSize,
            HeaderLength = group.HeaderLength,
        };
    }

    private static void WriteHeader(PacketBatch batch, in PacketDescriptor descriptor) =>
        VirtioNetHeader.For(descriptor.Offload).WriteTo(batch.Memory.AsSpan(descriptor.Offset - VirtioNetHeader.Size));

    private static Span<byte> Network(PacketBatch batch, in PacketDescriptor descriptor) =>
        Bytes(batch, descriptor)[descriptor.NetworkOffset..];

    private static Span<byte> Bytes(PacketBatch batch, in PacketDescriptor descriptor) =>
        batch.Memory.AsSpan(descriptor.Offset, descriptor.Length);
}
