namespace FastTun.Traffic.Udp;

/// <summary>
/// When each packet is due, in nanoseconds after the start, whatever became of those before it (an open loop): a sender that
/// fell behind catches up, and a slow path does not slow the sender.
/// </summary>
/// <param name="rate">The rate to keep; at the maximum everything is due at once.</param>
internal readonly struct SendSchedule(TrafficRate rate)
{
    private readonly double _perPacket = rate.PacketsPerSecond > 0 ? 1e9 / rate.PacketsPerSecond : 0;
    private readonly double _perByte = rate.BitsPerSecond > 0 ? 8e9 / rate.BitsPerSecond : 0;

    /// <summary>When the packet is due that follows so many packets of so many bytes, IP headers included.</summary>
    public long Due(long packets, long bytes) => (long)(packets * _perPacket + bytes * _perByte);
}
