namespace FastTun.Traffic;

/// <summary>What a trial sends.</summary>
public enum TrafficProtocol
{
    /// <summary>Packets at a rate, each of which is accounted for.</summary>
    Udp,

    /// <summary>Streams of bytes, as fast as they go.</summary>
    Tcp,
}
