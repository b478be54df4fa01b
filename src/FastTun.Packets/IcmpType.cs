namespace FastTun.Packets;

/// <summary>The kinds of ICMP message for IPv4 (RFC 792 and the IANA registry).</summary>
public enum IcmpType : byte
{
    /// <summary>Answer to an echo request.</summary>
    EchoReply = 0,
    /// <summary>The packet cannot be delivered; code 4 says that it needed fragmentation (RFC 1191).</summary>
    DestinationUnreachable = 3,
    /// <summary>A better first hop exists.</summary>
    Redirect = 5,
    /// <summary>Ping.</summary>
    EchoRequest = 8,
    /// <summary>A router announces itself (RFC 1256).</summary>
    RouterAdvertisement = 9,
    /// <summary>A host looks for routers (RFC 1256).</summary>
    RouterSolicitation = 10,
    /// <summary>The time to live ran out in transit (code 0) or in reassembly (code 1).</summary>
    TimeExceeded = 11,
    /// <summary>The header is in error.</summary>
    ParameterProblem = 12,
    /// <summary>Asks for a time stamp.</summary>
    Timestamp = 13,
    /// <summary>Answers with a time stamp.</summary>
    TimestampReply = 14,
}
