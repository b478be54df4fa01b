using System.IO.Pipelines;
using System.Threading.Channels;
using FastTun.Batching;
using Microsoft.Extensions.ObjectPool;

namespace FastTun.Capture;

/// <summary>
/// Records packets of any number of queues as one pcapng stream, which Wireshark and tshark open. Workers hand over pooled
/// blocks and never wait: when the stream cannot keep up, packets go unrecorded and are counted as <see cref="Lost"/>.
/// </summary>
public sealed class PacketCapture : IAsyncDisposable
{
    private const int MaximumWaitingBlocks = 4096;

    private readonly PipeWriter _output;
    private readonly TimeProvider _time;
    private readonly ObjectPool<PcapngBlock> _pool =
        new DefaultObjectPool<PcapngBlock>(new DefaultPooledObjectPolicy<PcapngBlock>(), MaximumWaitingBlocks);

    private readonly Channel<PcapngBlock> _blocks = Channel.CreateBounded<PcapngBlock>(
        new BoundedChannelOptions(MaximumWaitingBlocks) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Lock _addingInterface = new();
    private readonly Task _writing;
    private int _interfaces;
    private long _recorded;
    private long _lost;

    /// <summary>Begins a recording.</summary>
    /// <param name="output">Receives the bytes; completed when the recording ends.</param>
    /// <param name="time">Where time stamps come from; null for the system's clock.</param>
    public PacketCapture(PipeWriter output, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _time = time ?? TimeProvider.System;
        Enqueue(block => block.FormatSectionHeader());
        _writing = WriteBlocksAsync();
    }

    /// <summary>How many packets were recorded. Any thread.</summary>
    public long Recorded => Interlocked.Read(ref _recorded);

    /// <summary>How many packets went unrecorded because the stream was too slow. Any thread.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Writes what was recorded until now, and completes the output.</summary>
    /// <exception cref="IOException">The output failed; what came before is in it.</exception>
    public async ValueTask DisposeAsync()
    {
        _blocks.Writer.TryComplete();
        await _writing;
    }

    internal int AddInterface(string name, LinkLayer linkLayer)
    {
        // A packet may only name an interface whose description stands before it.
        lock (_addingInterface)
        {
            Enqueue(block => block.FormatInterface(name, linkLayer));
            return _interfaces++;
        }
    }

    internal void Record(int interfaceId, CaptureDirection direction, ReadOnlySpan<byte> packet)
    {
        long nanoseconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        PcapngBlock block = _pool.Get();
        block.FormatPacket(interfaceId, direction, nanoseconds, packet);
        if (_blocks.Writer.TryWrite(block))
        {
            Interlocked.Increment(ref _recorded);
            return;
        }

        _pool.Return(block);
        Interlocked.Increment(ref _lost);
    }

    private void Enqueue(Action<PcapngBlock> format)
    {
        PcapngBlock block = _pool.Get();
        format(block);
        if (!_blocks.Writer.TryWrite(block))
            throw new InvalidOperationException("Interfaces are added before packets are recorded.");
    }

    private async Task WriteBlocksAsync()
    {
        Exception? failure = null;
        try
        {
            await foreach (PcapngBlock block in _blocks.Reader.ReadAllAsync())
            {
                FlushResult flushed = await _output.WriteAsync(block.Bytes);
                _pool.Return(block);
                if (flushed.IsCompleted)
                    break;
            }
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            _blocks.Writer.TryComplete();
            await _output.CompleteAsync(failure);
        }
    }
}
