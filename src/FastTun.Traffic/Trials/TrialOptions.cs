using System.Net.Sockets;

namespace FastTun.Traffic;

/// <summary>What a trial sends, how fast and for how long.</summary>
public sealed record TrialOptions
{
    /// <summary>UDP packets or TCP streams.</summary>
    public TrafficProtocol Protocol { get; init; } = TrafficProtocol.Udp;

    /// <summary>
    /// The sizes of UDP packets. One above the path's MTU is fragmented by the sender's kernel. TCP finds its own.
    /// </summary>
    public PacketSizes Sizes { get; init; } = PacketSizes.Fixed(64);

    /// <summary>How fast UDP packets are sent, all flows together. TCP knows the maximum only.</summary>
    public TrafficRate Rate { get; init; } = TrafficRate.Max;

    /// <summary>How many UDP flows, told apart by their source ports, or TCP connections; 1 to 65536.</summary>
    public int Flows { get; init; } = 16;

    /// <summary>For how long to send; more than nothing.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many UDP packets of one flow follow each other, where so many are due, before the next flow's turn; 1 to 64.
    /// </summary>
    public int RunLength { get; init; } = 4;

    /// <summary>
    /// Whether a run of UDP packets, all of one size, crosses the sender's stack as one packet (UDP_SEGMENT). A TUN device
    /// that takes such packets then hands them on whole.
    /// </summary>
    public bool Segmentation { get; init; }

    /// <summary>How many threads send, and how many receive, UDP packets; at most as many as there are flows.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// How much each UDP receiver's kernel side holds, in bytes; without CAP_NET_ADMIN the system's limit applies.
    /// </summary>
    public int ReceiveBufferBytes { get; init; } = 8 << 20;

    /// <summary>How long no UDP packet may arrive, once all are sent, until what is missing counts as lost.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long no byte of any stream may arrive, once the sending is over, until the streams that have not ended count
    /// as unfinished. Longer than for UDP: a retransmission waits 200 ms, and each time twice as long (RFC 6298 section
    /// 5.5).
    /// </summary>
    public TimeSpan StallTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long to wait for what is still on its way at most, while it goes on arriving.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long making all TCP connections may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Where the time of progress reports and of waiting comes from; the sending itself keeps to the monotonic clock.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate(AddressFamily family)
    {
        const int mostFlows = 65536;
        const int longestRun = 64;
        Check(Flows is >= 1 and <= mostFlows, $"flows {Flows}: wanted 1 to {mostFlows}");
        Check(Duration > TimeSpan.Zero, $"duration {Duration}: wanted more than nothing");
        Check(RunLength is >= 1 and <= longestRun, $"run length {RunLength}: wanted 1 to {longestRun} packets");
        Check(Threads >= 1 && Threads <= Flows, $"threads {Threads}: wanted 1 to as many as there are flows, {Flows}");
        if (Protocol == TrafficProtocol.Tcp)
        {
            Check(Rate.IsMax, $"rate {Rate}: TCP finds its own rate; one can be given for UDP only");
            return;
        }

        IReadOnlyList<int> sizes = Sizes.Over(family);
        Check(!Segmentation || Sizes.IsFixed, $"size {Sizes}: segmentation wants packets of one size");
        int headers = PacketSizes.HeaderLength(family);
        Check(
            !Segmentation || headers + RunLength * (sizes[0] - headers) <= ushort.MaxValue,
            $"size {Sizes}: runs of {RunLength} such packets are more than the 64 KiB that segmentation can do");
    }

    private static void Check(bool valid, string complaint)
    {
        if (!valid)
            throw new ArgumentException(complaint);
    }
}
