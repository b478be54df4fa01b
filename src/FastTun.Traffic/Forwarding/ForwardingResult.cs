using FastTun.Engine;
using FastTun.Linux;

namespace FastTun.Traffic;

/// <summary>What a forwarder did with a trial's traffic.</summary>
/// <param name="Traffic">What the hosts saw of it.</param>
/// <param name="Engine">What the engine counted, from its start to its end.</param>
/// <param name="Overrun">
/// Packets that found the engine's receive queues full: the hosts sent faster than it read. It never saw them.
/// </param>
public sealed record ForwardingResult(TrialResult Traffic, EngineSnapshot Engine, long Overrun)
{
    /// <summary>Why flows were not steered to workers by a program; null where they were, or were not to be.</summary>
    public LinuxException? SteeringRefusal { get; init; }

    /// <summary>Processor time of the engine for each packet it received, in nanoseconds.</summary>
    public double CpuNanosecondsPerPacket =>
        Engine.Total.PacketsReceived == 0 ? 0 : Engine.CpuTime.TotalNanoseconds / Engine.Total.PacketsReceived;

    /// <summary>
    /// Whether everything is accounted for: in the engine received = transmitted + dropped, between the hosts sent =
    /// received + lost, and what arrived is what was sent. A stream that did not finish is the hosts' affair: what it
    /// lacks is in their kernels.
    /// </summary>
    public bool IsConserved => Engine.Total.IsConserved && Traffic switch
    {
        UdpTrialResult udp => udp.IsConserved && udp.Corrupt == 0,
        TcpTrialResult tcp => tcp.CorruptBytes == 0,
        _ => false,
    };
}
