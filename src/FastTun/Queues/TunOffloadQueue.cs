using FastTun.Batching;
using FastTun.Linux;
using FastTun.Linux.Tun;
using FastTun.Offload;

namespace FastTun.Queues;

/// <summary>
/// One queue of a TUN or TAP device with virtio-net headers: super-packets come in and go out whole, and what leaves together and
/// belongs together is joined into one write. The device keeps owning the queue.
/// </summary>
public sealed class TunOffloadQueue : IPacketQueue
{
    private readonly TunQueue _queue;
    private readonly DeviceOffloads _offloads;
    private readonly Coalescer _coalescer;
    private readonly ScatterList _pieces = new(PacketBatch.Capacity + 1);
    private readonly byte[] _segmentHeaders =
        GC.AllocateArray<byte>(VirtioNetHeader.Size + OffloadRules.MaxHeaderLength, pinned: true);

    /// <summary>Takes a device's queue into use; nobody else may read or write it meanwhile.</summary>
    /// <param name="queue">An open queue of a device with virtio-net headers.</param>
    /// <param name="joins">Whether packets that belong together are joined; if not, each is written as it is.</param>
    public TunOffloadQueue(TunQueue queue, bool joins = true)
        : this(queue, new DeviceOffloads(TunOffloads.All), joins)
    {
    }

    /// <summary>Takes a device's queue into use; nobody else may read or write it meanwhile.</summary>
    /// <param name="queue">An open queue of a device with virtio-net headers.</param>
    /// <param name="offloads">What may be written to the device, which all its queues share.</param>
    /// <param name="joins">Whether packets that belong together are joined; if not, each is written as it is.</param>
    internal TunOffloadQueue(TunQueue queue, DeviceOffloads offloads, bool joins = true)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _queue = queue;
        _offloads = offloads;
        _coalescer = new Coalescer { Joins = joins };
    }

    /// <inheritdoc/>
    public FileDescriptor Readiness => _queue.Descriptor;

    /// <inheritdoc/>
    public long SystemCalls { get; private set; }

    /// <inheritdoc/>
    public bool HasOffloads => true;

    /// <inheritdoc/>
    public QueueStatus Receive(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        while (batch.TryReserve(VirtioNetHeader.Size, out Span<byte> room))
        {
            SysResult read = _queue.TryRead(room);
            SystemCalls++;
            if (!read.IsSuccess)
                return read.Error == Errno.EAGAIN ? QueueStatus.Drained : QueueStatus.Closed;
            batch.Add(read.Value - VirtioNetHeader.Size);
        }

        return QueueStatus.MoreMayWait;
    }

    /// <inheritdoc/>
    public void Transmit(PacketBatch batch, int port)
    {
        ArgumentNullException.ThrowIfNull(batch);
        TunOffloads usable = _offloads.Usable;
        if (usable == TunOffloads.None)
            PartialChecksum.Complete(batch, port);
        foreach (ref readonly PacketGroup group in _coalescer.Plan(batch, port, usable))
        {
            if (usable != TunOffloads.All && !Refusal.MayWrite(batch, group.First, usable))
            {
                WriteApart(batch, group);
                continue;
            }

            SysResult written = group.Count == 1 ? WriteWhole(batch, group.First) : WriteJoined(batch, group);
            if (written.Error == Errno.EINVAL)
                Retry(batch, group);
            else if (!written.IsSuccess)
                Drop(batch, group, TunDropReason.For(written.Error));
        }
    }

    /// <summary>Does nothing: the queue is its device's.</summary>
    public void Dispose()
    {
    }

    private SysResult WriteWhole(PacketBatch batch, int index)
    {
        ref readonly PacketDescriptor packet = ref batch.Descriptors[index];
        SystemCalls++;
        return _queue.TryWrite(
            batch.Memory.AsSpan(packet.Offset - VirtioNetHeader.Size, packet.Length + VirtioNetHeader.Size));
    }

    private SysResult WriteJoined(PacketBatch batch, in PacketGroup group)
    {
        ref readonly PacketDescriptor first = ref batch.Descriptors[group.First];
        _pieces.Clear();
        _pieces.Add(batch.Memory.AsSpan(first.Offset - VirtioNetHeader.Size, first.Length + VirtioNetHeader.Size));
        for (int index = _coalescer.Next(group, group.First); index != Coalescer.End; index = _coalescer.Next(group, index))
        {
            ref readonly PacketDescriptor other = ref batch.Descriptors[index];
            _pieces.Add(batch.Memory.AsSpan(other.Offset + group.HeaderLength, other.Length - group.HeaderLength));
        }

        SystemCalls++;
        return _queue.TryWrite(_pieces);
    }

    // Some kernels refuse some super-packets, and say so only now (6.6.44 for one: those whose last segment is short).
    private void Retry(PacketBatch batch, in PacketGroup group)
    {
        if (!Refusal.HasParts(batch, group, out TunOffloads blamed))
            Drop(batch, group, DropReason.OutputRejected);
        else if (WriteApart(batch, group) && blamed != TunOffloads.None)
            _offloads.Refuse(blamed);
    }

    // Whether all parts were taken.
    private bool WriteApart(PacketBatch batch, in PacketGroup group)
    {
        if (group.Count > 1)
            _coalescer.Dissolve(batch, group);
        bool isTaken = true;
        for (int index = group.First; index != Coalescer.End; index = _coalescer.Next(group, index))
        {
            ref PacketDescriptor packet = ref batch.Descriptors[index];
            SysResult written = packet.Offload.IsSuperPacket ? WriteSegments(batch, packet) : WriteWhole(batch, index);
            if (written.IsSuccess)
                continue;
            packet.Drop = TunDropReason.For(written.Error);
            isTaken = false;
        }

        return isTaken;
    }

    // The whole packet counts as dropped if one of its segments cannot be sent.
    private SysResult WriteSegments(PacketBatch batch, in PacketDescriptor packet)
    {
        SysResult result = SysResult.Success(0);
        Span<byte> bytes = batch.Memory.AsSpan(packet.Offset, packet.Length);
        var segmenter = new Segmenter(bytes, packet.NetworkOffset, packet.Offload);
        while (segmenter.TryNext(_segmentHeaders.AsSpan(VirtioNetHeader.Size), out Range payload))
        {
            _pieces.Clear();
            _pieces.Add(_segmentHeaders.AsSpan(0, VirtioNetHeader.Size + packet.Offload.HeaderLength));
            _pieces.Add(bytes[payload]);
            SystemCalls++;
            SysResult written = _queue.TryWrite(_pieces);
            result = written.IsSuccess ? result : written;
        }

        return result;
    }

    private void Drop(PacketBatch batch, in PacketGroup group, DropReason reason)
    {
        for (int index = group.First; index != Coalescer.End; index = _coalescer.Next(group, index))
            batch.Descriptors[index].Drop = reason;
    }
}
