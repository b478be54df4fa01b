using System.Diagnostics;
using System.Net.Sockets;

namespace FastTun.Traffic.Tcp;

/// <summary>
/// A trial with TCP: connections that are all made before the first byte is sent, with a thread at each end.
/// </summary>
internal sealed class TcpTrial : IDisposable
{
    private readonly TrialOptions _options;
    private readonly TrialClock _clock;
    private readonly TcpConnections _connections;
    private readonly TcpSender[] _senders;
    private readonly TcpReceiver[] _receivers;

    private TcpTrial(TrialOptions options, TcpConnections connections)
    {
        // Streams that begin at different places of the pattern cannot be taken for each other.
        const long apart = 4099;
        _options = options;
        _clock = new TrialClock(options);
        _connections = connections;
        _senders = [.. connections.Senders.Select((socket, i) => new TcpSender(socket, i * apart, options.Duration))];
        _receivers = [.. connections.Receivers.Select((socket, i) => new TcpReceiver(socket, i * apart))];
    }

    /// <summary>Makes the connections; a failure leaves none open.</summary>
    public static async Task<TcpTrial> ConnectAsync(
        TrialPath path, TrialOptions options, CancellationToken cancellationToken)
    {
        var connections = new TcpConnections();
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using CancellationTokenRegistration late = timeout.Token.Register(connections.Dispose);
        using CancellationTokenRegistration cancelled = cancellationToken.Register(connections.Dispose);
        try
        {
            await DedicatedThread.Start("tcp-connect", () => connections.Connect(path, options.Flows));
            return new TcpTrial(options, connections);
        }
        catch (Exception failure)
        {
            connections.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
                throw new TimeoutException(
                    $"TCP {path}: not connected within {options.ConnectTimeout.TotalSeconds} s; do packets pass both ways?");
            if (failure is SocketException)
                throw new IOException($"TCP {path}: {failure.Message}", failure);
            throw;
        }
    }

    /// <summary>Runs it, once.</summary>
    public async Task<TcpTrialResult> RunAsync(IProgress<TrialProgress>? progress, CancellationToken cancellationToken)
    {
        Task receiving = Task.WhenAll(_receivers.Select(receiver => DedicatedThread.Start("tcp-receiver", receiver.Run)));
        Task sending = Task.WhenAll(_senders.Select(sender => DedicatedThread.Start("tcp-sender", sender.Run)));
        Task ending = EndAsync(Task.WhenAll(sending, receiving), cancellationToken);
        await _clock.ReportUntilAsync(ending, progress, Look);
        await ending;
        return Count();
    }

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    // What the senders' kernels still hold takes its time on a busy machine; only when nothing comes is it given up.
    private async Task EndAsync(Task streams, CancellationToken cancellationToken)
    {
        await streams
            .WaitAsync(_options.Duration, _options.TimeProvider, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Array.ForEach(_senders, sender => sender.Stop());
        await _clock.WaitForQuietAsync(Received, () => streams.IsCompleted, _options.StallTime);
        _connections.Dispose();
        await streams;
    }

    private long Received() => _receivers.Sum(receiver => receiver.Received);

    private TrialProgress Look(TimeSpan elapsed) => new(elapsed, 0, 0, _senders.Sum(sender => sender.Sent), Received());

    private TcpTrialResult Count()
    {
        long began = _senders.Min(sender => sender.Began);
        long arrived = _receivers.Max(receiver => receiver.LastArrival);
        return new TcpTrialResult
        {
            Duration = Stopwatch.GetElapsedTime(began, Math.Max(began, arrived)),
            BytesSent = _senders.Sum(sender => sender.Sent),
            BytesReceived = Received(),
            Streams = _senders.Length,
            UnfinishedStreams = _senders.Zip(_receivers).Count(ends => IsUnfinished(ends.First, ends.Second)),
            CorruptBytes = _receivers.Sum(receiver => receiver.Corrupt),
        };
    }

    private static bool IsUnfinished(TcpSender sender, TcpReceiver receiver) =>
        sender.IsBroken || receiver.IsBroken || sender.Sent != receiver.Received;
}
