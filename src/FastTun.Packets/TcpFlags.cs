using System.Diagnostics.CodeAnalysis;

namespace FastTun.Packets;

/// <summary>The control bits of a TCP header (RFC 9293 section 3.1, RFC 3168, RFC 9768).</summary>
[Flags]
[SuppressMessage("Naming", "CA1711", Justification = "Everyone calls them the TCP flags.")]
public enum TcpFlags : ushort
{
    /// <summary>No bit.</summary>
    None = 0,
    /// <summary>The sender has no more data.</summary>
    Fin = 0x001,
    /// <summary>Synchronise sequence numbers.</summary>
    Syn = 0x002,
    /// <summary>Reset the connection.</summary>
    Rst = 0x004,
    /// <summary>Push data to the receiver's application.</summary>
    Psh = 0x008,
    /// <summary>The acknowledgment number is valid.</summary>
    Ack = 0x010,
    /// <summary>The urgent pointer is valid.</summary>
    Urg = 0x020,
    /// <summary>ECN echo.</summary>
    Ece = 0x040,
    /// <summary>Congestion window reduced.</summary>
    Cwr = 0x080,
    /// <summary>Accurate ECN.</summary>
    Ae = 0x100,
}
