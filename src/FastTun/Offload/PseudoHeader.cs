using FastTun.Packets;

namespace FastTun.Offload;

/// <summary>
/// The pseudo-header of TCP's and UDP's checksums, of an IPv4 header without options or an IPv6 header without
/// extensions.
/// </summary>
internal static class PseudoHeader
{
    /// <summary>Its sum, un-complemented: what the field of a partial checksum holds.</summary>
    /// <param name="header">The IP header, 20 or 40 bytes.</param>
    /// <param name="protocol">What it carries.</param>
    /// <param name="length">Bytes of L4 header and data.</param>
    public static ushort Sum(ReadOnlySpan<byte> header, IpProtocol protocol, int length)
    {
        int addresses = header.Length == Ipv4Header.MinLength ? 12 : 8;
        return InternetChecksum.Add(
            InternetChecksum.Sum(header[addresses..]), InternetChecksum.SumPseudoHeader(0u, 0u, protocol, length));
    }
}
