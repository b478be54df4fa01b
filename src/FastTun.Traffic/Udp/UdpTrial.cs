using System.Net;
using System.Net.Sockets;
using FastTun.Linux;
using FastTun.Linux.Sockets;

namespace FastTun.Traffic.Udp;

/// <summary>
/// A trial with UDP: its senders share the flows evenly, its receivers share one port, and the kernel chooses which flow
/// comes to which. Whatever fails, all threads have ended when <see cref="RunAsync"/> returns.
/// </summary>
internal sealed class UdpTrial : IDisposable
{
    private readonly TrialPath _path;
    private readonly TrialOptions _options;
    private readonly TrialClock _clock;
    private readonly uint _run = (uint)Random.Shared.Next();
    private readonly List<UdpReceiver> _receivers = [];
    private readonly List<UdpSender> _senders = [];

    /// <summary>Opens the sockets; a failure leaves none open.</summary>
    public UdpTrial(TrialPath path, TrialOptions options)
    {
        (_path, _options, _clock) = (path, options, new TrialClock(options));
        try
        {
            IPEndPoint target = OpenReceivers();
            for (int thread = 0; thread < options.Threads; thread++)
                OpenSender(target, thread * options.Flows / options.Threads, (thread + 1) * options.Flows / options.Threads);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs it, once.</summary>
    public async Task<UdpTrialResult> RunAsync(IProgress<TrialProgress>? progress, CancellationToken cancellationToken)
    {
        Task receiving = Task.WhenAll(_receivers.Select(receiver => DedicatedThread.Start("udp-receiver", receiver.Run)));
        Task sending = Task.WhenAll(_senders.Select(sender => DedicatedThread.Start("udp-sender", sender.Run)));
        using (cancellationToken.Register(StopSending))
            await _clock.ReportUntilAsync(Task.WhenAny(sending, receiving), progress, Look);
        StopSending();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (sending.IsCompletedSuccessfully && !receiving.IsCompleted)
            await _clock.WaitForQuietAsync(Received, () => Received() >= Sent(), _options.QuietTime);
        _receivers.ForEach(receiver => receiver.Stop());
        await Task.WhenAll(sending, receiving);
        UdpTrialResult result = UdpTally.Of(_senders, _receivers);
        return result.Sent > 0 || result.Refused.Count == 0
            ? result
            : throw new LinuxException("sendmmsg", $"UDP {_path}", result.Refused.Keys.First(), "no packet could be sent");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _senders.ForEach(sender => sender.Dispose());
        _receivers.ForEach(receiver => receiver.Dispose());
    }

    private AddressFamily Family => _path.SenderAddress.AddressFamily;

    private void StopSending() => _senders.ForEach(sender => sender.Stop());

    private IPEndPoint OpenReceivers()
    {
        int largest = _options.Sizes.Over(Family).Max();
        var local = new IPEndPoint(_path.ReceiverAddress, 0);
        var options = new DatagramSocketOptions { ReceiveBufferBytes = _options.ReceiveBufferBytes, SharePort = true };
        for (int thread = 0; thread < _options.Threads; thread++)
        {
            DatagramSocket socket = DatagramSocket.Bind(_path.ReceiverNetwork, local, options);
            _receivers.Add(new UdpReceiver(socket, _run, _options.Flows, largest, PacketSizes.HeaderLength(Family)));
            local = socket.LocalEndPoint;
        }

        return new IPEndPoint(_path.TargetAddress, local.Port);
    }

    private void OpenSender(IPEndPoint target, int firstFlow, int endFlow)
    {
        var options = new UdpSenderOptions
        {
            Path = $"UDP {_path}",
            Run = _run,
            FirstFlow = firstFlow,
            Sizes = _options.Sizes.Over(Family),
            HeaderLength = PacketSizes.HeaderLength(Family),
            Rate = _options.Rate.DividedBy(_options.Threads),
            DurationNanoseconds = (long)_options.Duration.TotalNanoseconds,
            RunLength = _options.RunLength,
            Segmentation = _options.Segmentation,
        };
        var socketOptions = new DatagramSocketOptions
        {
            SegmentBytes = options.Segmentation ? options.Sizes[0] - options.HeaderLength : null,
        };
        var sockets = new List<DatagramSocket>();
        try
        {
            var local = new IPEndPoint(_path.SenderAddress, 0);
            for (int flow = firstFlow; flow < endFlow; flow++)
                sockets.Add(DatagramSocket.Connect(_path.SenderNetwork, local, target, socketOptions));
            _senders.Add(new UdpSender([.. sockets], options));
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private long Sent() => _senders.Sum(sender => sender.Sent);

    private long Received() => _receivers.Sum(receiver => receiver.Received);

    private TrialProgress Look(TimeSpan elapsed) => new(
        elapsed,
        Sent(),
        Received(),
        _senders.Sum(sender => sender.Bytes),
        _receivers.Sum(receiver => receiver.Bytes));
}
