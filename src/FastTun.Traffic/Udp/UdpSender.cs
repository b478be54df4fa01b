using System.Diagnostics;
using FastTun.Linux;
using FastTun.Linux.Sockets;

namespace FastTun.Traffic.Udp;

/// <summary>
/// Sends measured packets of several flows, each from a socket of its own, in turn: a run of the first flow, a run of the
/// second, and so on. <see cref="Run"/> is the whole life of one thread; <see cref="Stop"/> and the counters are for any.
/// </summary>
internal sealed class UdpSender : IDisposable
{
    private readonly DatagramSocket[] _sockets;
    private readonly UdpSenderOptions _options;
    private readonly SendSchedule _schedule;
    private readonly UdpRunWriter _writer;
    private readonly long[] _sentByFlow;
    private readonly SendErrors _errors;
    private readonly EventFd _interrupt = new();
    private volatile bool _stopping;
    private long _sent;
    private long _bytes;
    private long _refused;

    /// <summary>Takes ownership of the sockets.</summary>
    /// <param name="sockets">Connected ones, one a flow.</param>
    /// <param name="options">What to send, how fast and for how long.</param>
    public UdpSender(DatagramSocket[] sockets, UdpSenderOptions options)
    {
        _sockets = sockets;
        _options = options;
        _schedule = new SendSchedule(options.Rate);
        _writer = new UdpRunWriter(options);
        _errors = new SendErrors(options.Path);
        _sentByFlow = new long[sockets.Length];
    }

    /// <summary>Packets that the kernel took.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Their length, IP headers included.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Packets that the kernel did not take, by errno. To be read when the thread has ended.</summary>
    public IReadOnlyDictionary<Errno, long> Errors => _errors.Counts;

    /// <summary>The packets of each flow, from the sender's first. To be read when the thread has ended.</summary>
    public IReadOnlyList<long> SentByFlow => _sentByFlow;

    /// <summary>The number of the first flow.</summary>
    public int FirstFlow => _options.FirstFlow;

    /// <summary>When the thread began to send, in Stopwatch ticks.</summary>
    public long Began { get; private set; }

    /// <summary>When it ended.</summary>
    public long Ended { get; private set; }

    /// <summary>How late a packet was sent at most, in nanoseconds after it was due.</summary>
    public long MaxLag { get; private set; }

    /// <summary>Sends until the time is up or <see cref="Stop"/> is called.</summary>
    /// <exception cref="LinuxException">The kernel takes no packet of this kind.</exception>
    public void Run()
    {
        CurrentThread.MinimizeTimerSlack();
        Began = Stopwatch.GetTimestamp();
        int flow = 0;
        while (!_stopping && WaitUntilDue() is var due and > 0)
        {
            SendRun(flow, due);
            flow = flow + 1 == _sockets.Length ? 0 : flow + 1;
        }

        Ended = Stopwatch.GetTimestamp();
    }

    /// <summary>Makes <see cref="Run"/> return soon. Any thread.</summary>
    public void Stop()
    {
        _stopping = true;
        _interrupt.Signal();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DatagramSocket socket in _sockets)
            socket.Dispose();
        _interrupt.Dispose();
    }

    private long Elapsed => Stopwatch.GetTimestamp() - Began;

    // How many packets of the next run are due, at least one; none when the time is up. What the kernel refused was due too.
    private int WaitUntilDue()
    {
        long due = DueAfter(0);
        if (due >= _options.DurationNanoseconds)
            return 0;
        long now = Elapsed;
        while (now < due)
        {
            // A wait shorter than this costs more than it lasts.
            if (due - now > 5_000 && InterruptibleWait.ForTime(_interrupt, due - now))
                return 0;
            now = Elapsed;
        }

        if (now >= _options.DurationNanoseconds)
            return 0;
        if (!_options.Rate.IsMax)
            MaxLag = Math.Max(MaxLag, now - due);
        int count = 1;
        while (count < _options.RunLength && DueAfter(count) <= now)
            count++;
        return count;
    }

    private long DueAfter(int more) => _schedule.Due(_sent + _refused + more, _bytes + _writer.LengthOf(_sent, more));

    private void SendRun(int flow, int count)
    {
        int messages = _writer.Write(_sent, count, _options.FirstFlow + flow, _sentByFlow[flow]);
        SysResult result = _sockets[flow].TrySend(_writer.Batch, 0, messages);
        if (result.IsSuccess)
            Count(flow, result.Value == messages ? count : result.Value);
        else if (result.Error == Errno.EAGAIN)
            InterruptibleWait.ForRoom(_sockets[flow], _interrupt);
        else if (result.Error != Errno.EINTR)
            Refuse(result.Error);
    }

    private void Count(int flow, int packets)
    {
        Volatile.Write(ref _bytes, _bytes + _writer.LengthOf(_sent, packets));
        Volatile.Write(ref _sent, _sent + packets);
        _sentByFlow[flow] += packets;
    }

    private void Refuse(Errno error)
    {
        _errors.Count(error);
        _refused++;
    }
}
