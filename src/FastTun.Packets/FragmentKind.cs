namespace FastTun.Packets;

/// <summary>Which part of a datagram a packet carries.</summary>
public enum FragmentKind : byte
{
    /// <summary>All of it. An IPv6 "atomic" fragment (offset 0, no more to come: RFC 6946) counts as this.</summary>
    None,
    /// <summary>
    /// The first part: the upper-layer header is there (if it fits), its checksum covers bytes that are not.
    /// </summary>
    First,
    /// <summary>A later part: what follows the IP header is data, not an upper-layer header.</summary>
    Later,
}
