using FastTun.Batching;
using FastTun.Queues;

namespace FastTun.Offload;

/// <summary>
/// Finishes packets for ports that take finished ones only: completes checksums and cuts super-packets, into a batch of its own,
/// in order, and sends that. Every segment is counted for itself. One instance a worker; its memory is made at first need.
/// </summary>
internal sealed class SoftwareOffload(PortTable ports)
{
    private PacketBatch? _finished;

    /// <summary>What became of the segments since <see cref="SegmentTally.Clear"/>, by output port.</summary>
    public SegmentTally Tally { get; } = new(ports.Count);

    /// <summary>Sends what leaves by a port without offloads.</summary>
    /// <param name="batch">A batch with unfinished packets.</param>
    /// <param name="port">The port.</param>
    /// <param name="queue">The port's queue.</param>
    public void Transmit(PacketBatch batch, int port, IPacketQueue queue)
    {
        _finished ??= new PacketBatch(batch.Ports);
        _finished.Clear(batch.InputPort);
        _finished.Ports = batch.Ports;
        foreach (ref PacketDescriptor packet in batch.Descriptors)
        {
            if (packet.Drop != DropReason.None || packet.OutputPort != port)
                continue;
            packet.LeftInSegments = true;
            Tally.Expect(packet.Offload.SegmentCount(packet.Length));
            ReadOnlySpan<byte> bytes = batch.Memory.AsSpan(packet.Offset, packet.Length);
            if (packet.Offload.IsSuperPacket)
                Cut(bytes, packet, queue);
            else
                Finish(bytes, packet, queue);
        }

        Flush(port, queue);
    }

    private void Cut(ReadOnlySpan<byte> bytes, in PacketDescriptor packet, IPacketQueue queue)
    {
        var segmenter = new Segmenter(bytes, packet.NetworkOffset, packet.Offload);
        Span<byte> room = Reserve(packet.OutputPort, queue);
        while (segmenter.TryNext(room, out Range payload))
        {
            bytes[payload].CopyTo(room[packet.Offload.HeaderLength..]);
            Add(packet, packet.Offload.HeaderLength + bytes[payload].Length);
            room = Reserve(packet.OutputPort, queue);
        }
    }

    private void Finish(ReadOnlySpan<byte> bytes, in PacketDescriptor packet, IPacketQueue queue)
    {
        Span<byte> room = Reserve(packet.OutputPort, queue);
        bytes.CopyTo(room);
        if (packet.Offload.HasPartialChecksum)
        {
            PacketOffload offload = packet.Offload;
            PartialChecksum.Complete(room[..bytes.Length], ref offload);
        }

        Add(packet, bytes.Length);
    }

    private Span<byte> Reserve(int port, IPacketQueue queue)
    {
        if (!_finished!.TryReserve(out Span<byte> room))
        {
            Flush(port, queue);
            _finished.TryReserve(out room);
        }

        return room;
    }

    private void Add(in PacketDescriptor packet, int length)
    {
        _finished!.Add(length);
        ref PacketDescriptor segment = ref _finished.Descriptors[^1];
        segment.OutputPort = packet.OutputPort;
        segment.NetworkOffset = packet.NetworkOffset;
    }

    private void Flush(int port, IPacketQueue queue)
    {
        queue.Transmit(_finished!, port);
        Tally.Add(_finished!, port);
        _finished!.Clear(_finished.InputPort);
    }
}
