using System.Diagnostics;
using FastTun.Linux;
using FastTun.Linux.Sockets;

namespace FastTun.Traffic.Udp;

/// <summary>
/// Receives the measured packets of a trial at one socket, and tells what arrived, how often, in what order and how late.
/// <see cref="Run"/> is the whole life of one thread; <see cref="Stop"/> and the counts of packets and bytes are for any,
/// and the rest may be read when that thread has ended.
/// </summary>
internal sealed class UdpReceiver : IDisposable
{
    private const int BatchCapacity = 64;
    private const int SocketKey = 0;

    private readonly DatagramSocket _socket;
    private readonly uint _run;
    private readonly int _headerLength;
    private readonly DatagramBatch _batch;
    private readonly FlowTracker[] _flows;
    private readonly Epoll _ready = new(2);
    private readonly EventFd _stop = new();
    private long _received;
    private long _bytes;

    /// <summary>Takes ownership of the socket.</summary>
    /// <param name="socket">A bound one.</param>
    /// <param name="run">Which trial this is.</param>
    /// <param name="flows">How many flows there are, whichever of them come here.</param>
    /// <param name="largest">The largest packet, headers included, in bytes.</param>
    /// <param name="headerLength">How much of a packet is IP and UDP headers, in bytes.</param>
    public UdpReceiver(DatagramSocket socket, uint run, int flows, int largest, int headerLength)
    {
        _socket = socket;
        _run = run;
        _headerLength = headerLength;
        // One byte more than is ever sent, so that too long a packet shows.
        _batch = new DatagramBatch(BatchCapacity, largest - headerLength + 1);
        _flows = new FlowTracker[flows];
        for (int flow = 0; flow < flows; flow++)
            _flows[flow] = new FlowTracker();
        _ready.Add(socket.Descriptor, SocketKey);
        _ready.Add(_stop.Descriptor, SocketKey + 1);
    }

    /// <summary>Different packets that arrived whole.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Their length, IP headers included.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Packets of this trial whose length or content is not what was sent.</summary>
    public long Corrupt { get; private set; }

    /// <summary>Datagrams that are not of this trial.</summary>
    public long Foreign { get; private set; }

    /// <summary>
    /// How long packets took, from before they were handed to the kernel until after they were taken from it.
    /// </summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>What arrived of each flow.</summary>
    public IReadOnlyList<FlowTracker> Flows => _flows;

    /// <summary>When the last packet of this trial arrived, in Stopwatch ticks; 0 when none did.</summary>
    public long LastArrival { get; private set; }

    /// <summary>
    /// How many packets the kernel threw away at this socket: too slow a receiver, or a wrong checksum.
    /// </summary>
    public uint Dropped => _socket.Drops;

    /// <summary>Receives until <see cref="Stop"/> is called.</summary>
    /// <exception cref="LinuxException">The socket failed.</exception>
    public void Run()
    {
        Span<int> keys = stackalloc int[2];
        while (true)
        {
            int count = _ready.Wait(keys, -1);
            if (keys[..count].Contains(SocketKey + 1))
                return;
            if (count > 0)
                ReceiveBatch();
        }
    }

    /// <summary>Makes <see cref="Run"/> return soon, whatever still waits. Any thread.</summary>
    public void Stop() => _stop.Signal();

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _stop.Dispose();
        _ready.Dispose();
    }

    private void ReceiveBatch()
    {
        SysResult result;
        do
        {
            result = _socket.TryReceive(_batch);
            long now = Stopwatch.GetTimestamp();
            for (int i = 0; i < (result.IsSuccess ? result.Value : 0); i++)
                Receive(_batch.Received(i), now);
        }
        while (result.IsSuccess && result.Value == BatchCapacity);

        if (!result.IsSuccess && result.Error is not (Errno.EAGAIN or Errno.EINTR))
            result.OrThrow("recvmmsg", "UDP");
    }

    internal void Receive(ReadOnlySpan<byte> payload, long now)
    {
        if (!PayloadHeader.TryRead(payload, out PayloadHeader header, out int sentLength)
            || header.Run != _run || header.Flow >= _flows.Length || header.Sequence < 0)
        {
            Foreign++;
            return;
        }

        LastArrival = now;
        ReadOnlySpan<byte> content = payload[PayloadHeader.Length..];
        if (payload.Length != sentLength || header.Timestamp > now
            || !content.SequenceEqual(BytePattern.At(PayloadHeader.Length, content.Length)))
        {
            Corrupt++;
            return;
        }

        if (!_flows[header.Flow].Record(header.Sequence))
            return;
        Latency.Record(now - header.Timestamp);
        Volatile.Write(ref _bytes, _bytes + payload.Length + _headerLength);
        Volatile.Write(ref _received, _received + 1);
    }
}
