using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using FastTun.Linux;
using FastTun.Linux.Tun;
using FastTun.Memory;

namespace FastTun.Pipes;

/// <summary>
/// A TUN queue as a pair of byte streams, for programs that want pipes and not the engine. A stream has no packet boundaries,
/// so each packet follows its length, two bytes in network order: the framing that tunnels over TCP use. What one pipe's
/// <see cref="Input"/> gives, another's <see cref="Output"/> takes, with any stream between them.
/// </summary>
public sealed class TunPipe : IDuplexPipe, IAsyncDisposable
{
    /// <summary>Bytes of the length before each packet.</summary>
    public const int PrefixLength = sizeof(ushort);

    private static readonly PacketMemoryPool Pool = new();

    private readonly Pipe _fromDevice = new(new PipeOptions(Pool, useSynchronizationContext: false));
    private readonly Pipe _toDevice = new(new PipeOptions(Pool, useSynchronizationContext: false));
    private readonly CancellationTokenSource _stopping = new();
    private readonly TunQueue _queue;
    private readonly Task _reading;
    private readonly Task _writing;
    private long _refused;
    private int _disposed;

    /// <summary>Begins to move packets both ways.</summary>
    /// <param name="queue">A device's queue, which stays the caller's; nobody else may use it meanwhile.</param>
    public TunPipe(TunQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _queue = queue;
        _reading = Task.Factory.StartNew(
            ReadPackets, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _writing = WritePacketsAsync();
    }

    /// <summary>
    /// Packets that the device gave, each behind its length. When it is not read, packets wait in the device, and are dropped
    /// there when its queue is full. It completes when the device goes, or this object is disposed.
    /// </summary>
    public PipeReader Input => _fromDevice.Reader;

    /// <summary>
    /// Takes packets for the device, each behind its length, cut into writes however it likes. Completing it ends that direction.
    /// </summary>
    public PipeWriter Output => _toDevice.Writer;

    /// <summary>How many packets the kernel refused: the device was down, or what was written was no packet. Any thread.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>
    /// Ends both directions: what was written and flushed before is given to the device first. An error that
    /// <see cref="Output"/> was completed with is its writer's, and not thrown here. May be called again, when it does nothing.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await Output.CompleteAsync();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
        await _fromDevice.Reader.CompleteAsync();
        await _reading;
        _stopping.Dispose();
    }

    private void ReadPackets()
    {
        Exception? failure = null;
        try
        {
            bool wanted = true;
            while (wanted)
            {
                Span<byte> frame = _fromDevice.Writer.GetSpan(PrefixLength + ushort.MaxValue);
                int length = _queue.Read(frame[PrefixLength..], timeout: null, _stopping.Token);
                BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)length);
                _fromDevice.Writer.Advance(PrefixLength + length);
                // A thread of its own may wait for a slow reader; the kernel's queue is the buffer meanwhile.
                wanted = !_fromDevice.Writer.FlushAsync().AsTask().GetAwaiter().GetResult().IsCompleted;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The pipe, or the queue, was closed: the end of the stream and no failure.
        }
        catch (LinuxException exception)
        {
            failure = exception;
        }

        _fromDevice.Writer.Complete(failure);
    }

    private async Task WritePacketsAsync()
    {
        Exception? failure = null;
        ReadResult result;
        do
        {
            result = await _toDevice.Reader.ReadAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (TryTakePacket(ref buffer, out ReadOnlySequence<byte> packet))
                Write(packet);
            if (result.IsCompleted && buffer.Length > 0)
                failure = new InvalidDataException($"The stream ended within a packet: {buffer.Length} bytes are left over.");
            _toDevice.Reader.AdvanceTo(buffer.Start, buffer.End);
        }
        while (!result.IsCompleted);
        await _toDevice.Reader.CompleteAsync(failure);
    }

    private static bool TryTakePacket(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> packet)
    {
        var reader = new SequenceReader<byte>(buffer);
        bool whole = reader.TryReadBigEndian(out short length) & reader.TryReadExact((ushort)length, out packet);
        if (whole)
            buffer = buffer.Slice(reader.Position);
        return whole;
    }

    private void Write(ReadOnlySequence<byte> packet)
    {
        if (packet.IsSingleSegment)
        {
            Count(_queue.TryWrite(packet.FirstSpan));
            return;
        }

        byte[] whole = ArrayPool<byte>.Shared.Rent((int)packet.Length);
        packet.CopyTo(whole);
        Count(_queue.TryWrite(whole.AsSpan(0, (int)packet.Length)));
        ArrayPool<byte>.Shared.Return(whole);
    }

    private void Count(SysResult result)
    {
        if (!result.IsSuccess)
            Interlocked.Increment(ref _refused);
    }
}
