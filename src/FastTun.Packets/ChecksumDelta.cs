namespace FastTun.Packets;

/// <summary>
/// How changed fields change a checksum that covers them, without summing again (RFC 1624 equation 3:
/// <c>HC' = ~(~HC + ~m + m')</c>). Differences of several fields add up, and one delta then serves every checksum that covers those
/// fields: an address is covered by the IPv4 header's checksum and, through the pseudo-header, by TCP's. Carries are
/// folded when a delta is applied, once for all its fields; it has room for half a billion. The default value changes
/// nothing. Fields must lie at even offsets of what the checksum covers, as all fields of 16 bits and more do.
/// </summary>
/// <remarks>
/// RFC 1141's shorter form, <c>HC + m + ~m'</c>, can yield 0xFFFF (-0) where summing gives 0 (RFC 1624 section 3); it
/// is not used.
/// </remarks>
public readonly struct ChecksumDelta
{
    // The sum of all ~m + m', of at most 35 bits each.
    private readonly ulong _sum;

    private ChecksumDelta(ulong sum) => _sum = sum;

    /// <summary>The change of a 16-bit field.</summary>
    /// <param name="before">Its old value, host order.</param>
    /// <param name="after">Its new value, host order.</param>
    public static ChecksumDelta Of(ushort before, ushort after) =>
        new((ulong)(ushort)~before + after);

    /// <summary>The change of a 32-bit field, such as an IPv4 address.</summary>
    /// <param name="before">Its old value, host order.</param>
    /// <param name="after">Its new value, host order.</param>
    public static ChecksumDelta Of(uint before, uint after) =>
        new((ulong)~before + after);

    /// <summary>The change of a 128-bit field, such as an IPv6 address.</summary>
    /// <param name="before">Its old value, host order.</param>
    /// <param name="after">Its new value, host order.</param>
    public static ChecksumDelta Of(UInt128 before, UInt128 after) =>
        new(InternetChecksum.Spread(~before) + InternetChecksum.Spread(after));

    /// <summary>Both changes together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static ChecksumDelta operator +(ChecksumDelta left, ChecksumDelta right) => new(left._sum + right._sum);

    /// <inheritdoc cref="op_Addition"/>
    public static ChecksumDelta Add(ChecksumDelta left, ChecksumDelta right) => left + right;

    /// <summary>Updates a complete checksum: of an IPv4 header, of TCP, of ICMP.</summary>
    /// <param name="checksum">The checksum field's old value, host order.</param>
    /// <returns>Its new value.</returns>
    public ushort ApplyTo(ushort checksum) => (ushort)~InternetChecksum.Fold(_sum + (ushort)~checksum);

    /// <summary>
    /// Updates a complete UDP checksum: 0 means that there is none and stays (RFC 768); a sum of 0 is sent as 0xFFFF.
    /// </summary>
    /// <param name="checksum">The checksum field's old value, host order.</param>
    /// <returns>Its new value.</returns>
    public ushort ApplyToUdp(ushort checksum)
    {
        if (checksum == 0)
            return 0;
        ushort updated = ApplyTo(checksum);
        return updated == 0 ? (ushort)0xFFFF : updated;
    }

    /// <summary>
    /// Updates a partial checksum: the un-complemented pseudo-header sum that TCP's and UDP's field holds while the
    /// rest of the summing is left to others (virtio-net NEEDS_CSUM). It covers addresses, protocol and length, but not
    /// the ports.
    /// </summary>
    /// <param name="partial">The checksum field's old value, host order.</param>
    /// <returns>Its new value.</returns>
    public ushort ApplyToPartial(ushort partial) => InternetChecksum.Fold(_sum + partial);
}
