using System.Diagnostics;
using FastTun.Linux;

namespace FastTun.Traffic.Udp;

/// <summary>Adds up what senders and receivers have counted, once their threads have ended.</summary>
internal static class UdpTally
{
    public static UdpTrialResult Of(IReadOnlyCollection<UdpSender> senders, IReadOnlyCollection<UdpReceiver> receivers)
    {
        var latency = new LatencyHistogram();
        foreach (UdpReceiver receiver in receivers)
            latency.Merge(receiver.Latency);
        long began = senders.Min(sender => sender.Began);
        long sent = senders.Max(sender => sender.Ended);
        long arrived = receivers.Max(receiver => receiver.LastArrival);
        return new UdpTrialResult
        {
            Duration = Stopwatch.GetElapsedTime(began, Math.Max(sent, arrived)),
            SendDuration = Stopwatch.GetElapsedTime(began, sent),
            BytesSent = senders.Sum(sender => sender.Bytes),
            BytesReceived = receivers.Sum(receiver => receiver.Bytes),
            Sent = senders.Sum(sender => sender.Sent),
            Received = receivers.Sum(receiver => receiver.Received),
            Lost = senders.Sum(sender => Lost(sender, receivers)),
            DroppedAtReceiver = receivers.Sum(receiver => receiver.Dropped),
            Corrupt = receivers.Sum(receiver => receiver.Corrupt),
            Foreign = receivers.Sum(receiver => receiver.Foreign),
            Duplicates = receivers.Sum(receiver => receiver.Flows.Sum(flow => flow.Duplicates)),
            Reordered = receivers.Sum(receiver => receiver.Flows.Sum(flow => flow.Reordered)),
            Refused = Refused(senders),
            Latency = LatencySummary.From(latency),
            MaxSendLag = TimeSpan.FromTicks(senders.Max(sender => sender.MaxLag) / TimeSpan.NanosecondsPerTick),
        };
    }

    // A flow comes to one receiver as long as its addresses and ports stay, but nothing here depends on that.
    private static long Lost(UdpSender sender, IReadOnlyCollection<UdpReceiver> receivers) =>
        sender.SentByFlow
            .Select((sent, i) => sent - receivers.Sum(receiver => receiver.Flows[sender.FirstFlow + i].Received))
            .Sum(missing => Math.Max(0, missing));

    private static SortedDictionary<Errno, long> Refused(IReadOnlyCollection<UdpSender> senders)
    {
        var refused = new SortedDictionary<Errno, long>();
        foreach ((Errno error, long count) in senders.SelectMany(sender => sender.Errors))
            refused[error] = refused.GetValueOrDefault(error) + count;
        return refused;
    }
}
