namespace FastTun.Packets;

/// <summary>Why bytes are not an IP packet.</summary>
public enum ParseError : byte
{
    /// <summary>They are one.</summary>
    None,
    /// <summary>There are no bytes.</summary>
    Empty,
    /// <summary>Fewer bytes than the fixed part of the header.</summary>
    TooShort,
    /// <summary>The version is not the expected one; for the parser: neither 4 nor 6.</summary>
    BadVersion,
    /// <summary>The IPv4 header length is below 20 bytes or beyond the packet's end.</summary>
    BadHeaderLength,
    /// <summary>The length that the header claims is smaller than the header or larger than what is there.</summary>
    BadTotalLength,
    /// <summary>An IPv6 extension header runs past the packet's end, or there are too many of them.</summary>
    ExtensionHeaderChain,
    /// <summary>The Ethernet frame carries something other than IP.</summary>
    NotIp,
}
