namespace FastTun.Packets;

/// <summary>
/// The kinds of ICMP message for IPv6 (RFC 4443, RFC 4861 and the IANA registry). Those below 128 are errors.
/// </summary>
public enum Icmpv6Type : byte
{
    /// <summary>The packet cannot be delivered.</summary>
    DestinationUnreachable = 1,
    /// <summary>The packet exceeds the next link's MTU, which the message carries.</summary>
    PacketTooBig = 2,
    /// <summary>The hop limit ran out in transit (code 0) or time in reassembly (code 1).</summary>
    TimeExceeded = 3,
    /// <summary>The header is in error.</summary>
    ParameterProblem = 4,
    /// <summary>Ping.</summary>
    EchoRequest = 128,
    /// <summary>Answer to an echo request.</summary>
    EchoReply = 129,
    /// <summary>A router asks who listens to multicast (RFC 2710).</summary>
    MulticastListenerQuery = 130,
    /// <summary>A host says that it listens (RFC 2710).</summary>
    MulticastListenerReport = 131,
    /// <summary>A host says that it no longer listens (RFC 2710).</summary>
    MulticastListenerDone = 132,
    /// <summary>A host looks for routers.</summary>
    RouterSolicitation = 133,
    /// <summary>A router announces itself.</summary>
    RouterAdvertisement = 134,
    /// <summary>Asks for a neighbour's link-layer address.</summary>
    NeighborSolicitation = 135,
    /// <summary>Gives a link-layer address.</summary>
    NeighborAdvertisement = 136,
    /// <summary>A better first hop exists.</summary>
    Redirect = 137,
    /// <summary>A host says what it listens to (RFC 3810).</summary>
    MulticastListenerReportV2 = 143,
}
