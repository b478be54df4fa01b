using FastTun.Batching;
using FastTun.Linux;
using FastTun.Linux.Tun;
using FastTun.Offload;

namespace FastTun.Queues;

/// <summary>
/// One queue of a TUN or TAP device with virtio-net headers: super-packets come in and go out whole, and what leaves
/// together and belongs together is joined into one write. The device keeps owning the queue.
/// </summary>
public sealed class TunOffloadQueue : IPacketQueue
{
    private readonly TunQueue _queue;
    private readonly IDeviceIo _io;
    private readonly DeviceOffloads _offloads;
    private readonly Coalescer _coalescer;
    private readonly PartsWriter _parts;
    private readonly WriteList _writes = new(PacketBatch.Capacity);

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
    /// <param name="io">How it is read and written.</param>
    internal TunOffloadQueue(
        TunQueue queue, DeviceOffloads offloads, bool joins = true, QueueIo io = QueueIo.Auto)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _queue = queue;
        _io = DeviceIo.For(queue, io);
        _offloads = offloads;
        _coalescer = new Coalescer { Joins = joins };
        _parts = new PartsWriter(queue, _coalescer);
    }

    /// <inheritdoc/>
    public FileDescriptor Readiness => _queue.Descriptor;

    /// <inheritdoc/>
    public long SystemCalls => _io.SystemCalls + _parts.SystemCalls;

    /// <inheritdoc/>
    public bool HasOffloads => true;

    /// <inheritdoc/>
    public void Enter() => _io.Enter();

    /// <inheritdoc/>
    public void Leave() => _io.Dispose();

    /// <inheritdoc/>
    public QueueStatus Receive(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _io.Receive(batch, VirtioNetHeader.Size);
    }

    /// <inheritdoc/>
    public void Transmit(PacketBatch batch, int port)
    {
        ArgumentNullException.ThrowIfNull(batch);
        TunOffloads usable = _offloads.Usable;
        if (usable == TunOffloads.None)
            PartialChecksum.Complete(batch, port);
        ReadOnlySpan<PacketGroup> plan = _coalescer.Plan(batch, port, usable);
        int begin = 0;
        for (int index = 0; index < plan.Length; index++)
        {
            if (usable == TunOffloads.All || Refusal.MayWrite(batch, plan[index].First, usable))
            {
                Add(batch, plan[index]);
                continue;
            }

            Write(batch, plan[begin..index]);
            _parts.Write(batch, plan[index]);
            begin = index + 1;
        }

        Write(batch, plan[begin..]);
    }

    /// <summary>Does nothing: the queue is its device's.</summary>
    public void Dispose()
    {
    }

    // Of the first packet all, the virtio-net header before it included; of the others what follows their headers.
    private void Add(PacketBatch batch, in PacketGroup group)
    {
        ref readonly PacketDescriptor first = ref batch.Descriptors[group.First];
        int start = first.Offset - VirtioNetHeader.Size;
        _writes.Begin(batch.Memory.AsSpan(start, first.Length + VirtioNetHeader.Size));
        if (group.Count == 1)
            return;
        for (int index = _coalescer.Next(group, group.First); index != Coalescer.End; index = _coalescer.Next(group, index))
        {
            ref readonly PacketDescriptor other = ref batch.Descriptors[index];
            _writes.Extend(batch.Memory.AsSpan(other.Offset + group.HeaderLength, other.Length - group.HeaderLength));
        }
    }

    // Writes what was added: the groups, in their order.
    private void Write(PacketBatch batch, ReadOnlySpan<PacketGroup> groups)
    {
        for (int index = 0; index < groups.Length;)
        {
            int end = _io.Write(_writes, index);
            for (; index < end; index++)
            {
                SysResult written = _writes[index];
                if (written.Error == Errno.EINVAL)
                    WriteRefused(batch, groups[index]);
                else if (!written.IsSuccess)
                    Drop(batch, groups[index], TunDropReason.For(written.Error));
            }
        }

        _writes.Clear();
    }

    // Some kernels refuse some super-packets, and say so only now (6.6.44: those whose last segment is short).
    private void WriteRefused(PacketBatch batch, in PacketGroup group)
    {
        if (!Refusal.HasParts(batch, group, out TunOffloads blamed))
            Drop(batch, group, DropReason.OutputRejected);
        else if (_parts.Write(batch, group) && blamed != TunOffloads.None)
            _offloads.Refuse(blamed);
    }

    private void Drop(PacketBatch batch, in PacketGroup group, DropReason reason)
    {
        for (int index = group.First; index != Coalescer.End; index = _coalescer.Next(group, index))
            batch.Descriptors[index].Drop = reason;
    }
}
