using FastTun.Batching;
using FastTun.Linux;
using FastTun.Offload;
using FastTun.Queues;

namespace FastTun.Tests.Offload;

/// <summary>
/// A queue with virtio-net headers and without a kernel: the packets that it is given, with whatever headers, are received
/// from it in turns; what it is sent it plans to write, and forgets.
/// </summary>
internal sealed class OffloadMemoryQueue : IPacketQueue
{
    private readonly EventFd _readable = new();
    private readonly Coalescer _coalescer = new();
    private (VirtioNetHeader Header, byte[] Packet)[] _packets = [];
    private int _next;
    private int _left;

    public FileDescriptor Readiness => _readable.Descriptor;

    public long SystemCalls => Writes;

    public bool HasOffloads => true;

    /// <summary>How many writes it would have made.</summary>
    public long Writes { get; private set; }

    /// <summary>Whether everything was received.</summary>
    public bool IsDrained => _left == 0;

    /// <summary>Lets so many packets be received, of those given in turns.</summary>
    public void Give(int count, params (VirtioNetHeader Header, byte[] Packet)[] packets)
    {
        (_packets, _left) = (packets, count);
        _readable.Signal();
    }

    public QueueStatus Receive(PacketBatch batch)
    {
        while (_left > 0 && batch.TryReserve(VirtioNetHeader.Size, out Span<byte> room))
        {
            (VirtioNetHeader header, byte[] packet) = _packets[_next++ % _packets.Length];
            header.WriteTo(room);
            packet.CopyTo(room[VirtioNetHeader.Size..]);
            batch.Add(packet.Length);
            _left--;
        }

        if (_left > 0)
            return QueueStatus.MoreMayWait;
        _readable.Reset();
        return QueueStatus.Drained;
    }

    public void Transmit(PacketBatch batch, int port) => Writes += _coalescer.Plan(batch, port).Length;

    public void Dispose() => _readable.Dispose();
}
