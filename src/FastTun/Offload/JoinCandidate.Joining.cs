using System.Buffers.Binary;
using FastTun.Packets;

namespace FastTun.Offload;

/// <content>What two packets must have in common to become one.</content>
internal readonly ref partial struct JoinCandidate
{
    private const int DontFragmentByte = 6, DontFragmentBit = 0x40;

    /// <summary>
    /// Whether all headers are those of a group's first packet, but for what cutting a super-packet puts right again:
    /// lengths, checksums, identification, sequence number, PSH and FIN.
    /// </summary>
    /// <param name="packet">The group's first packet, whose headers are as long as this one's.</param>
    public bool HasHeadersOf(ReadOnlySpan<byte> packet)
    {
        if (!_link.SequenceEqual(packet[.._link.Length]))
            return false;

        // IPv4: version, IHL, TOS, then DF; IPv6: version, traffic class, flow label, then next header and hop limit.
        ReadOnlySpan<byte> first = packet[_link.Length..];
        bool isIpv4 = L4Offset == Ipv4Header.MinLength;
        ulong fixedBits = isIpv4 ? 0xFFFF_0000_0000_FFFF : 0xFFFF_FFFF_0000_FFFF;
        ulong difference = BinaryPrimitives.ReadUInt64BigEndian(_network) ^ BinaryPrimitives.ReadUInt64BigEndian(first);
        if ((difference & fixedBits) != 0)
            return false;

        // TTL and protocol stand alone before the checksum; then everything to the ports' end.
        if (isIpv4 && (_network[8] != first[8] || _network[9] != first[9]))
            return false;
        int addresses = isIpv4 ? 12 : 8, afterPorts = L4Offset + (2 * sizeof(ushort));
        return _network[addresses..afterPorts].SequenceEqual(first[addresses..afterPorts])
            && (Protocol != IpProtocol.Tcp || HasTcpFieldsOf(first[L4Offset..]));
    }

    /// <summary>What the identification does from a group's first packet to this one, and whether it may.</summary>
    /// <param name="packet">The group's first packet.</param>
    /// <param name="count">How many packets are in the group.</param>
    /// <param name="sofar">What it did up to here.</param>
    /// <param name="now">The same with this packet in it.</param>
    public bool ContinuesIdentification(
        ReadOnlySpan<byte> packet, int count, Identification sofar, out Identification now)
    {
        now = Identification.Undecided;
        if (L4Offset != Ipv4Header.MinLength)
            return true;
        int step = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(_network[4..])
            - BinaryPrimitives.ReadUInt16BigEndian(packet[(_link.Length + 4)..]));
        bool isAtomic = (_network[DontFragmentByte] & DontFragmentBit) != 0;
        now = step == count ? Identification.Incrementing : Identification.Fixed;
        return (step == count || (step == 0 && isAtomic)) && (sofar == now || sofar == Identification.Undecided);
    }

    /// <summary>
    /// Whether the IPv4 header's checksum and L4's are right, and written as who cuts a super-packet writes them: of
    /// the two zeros of one's complement, TCP and IPv4 then have 0, UDP 0xFFFF. Joining what is wrong would make it
    /// right.
    /// </summary>
    public bool HasRightChecksums()
    {
        bool isIpv4 = L4Offset == Ipv4Header.MinLength;
        if (isIpv4 && !(InternetChecksum.Verify(_network[..L4Offset]) && _network[10..12] is not [0xFF, 0xFF]))
            return false;
        if (_isPartial)
            return true;

        // The addresses lie right before L4, so that one pass sums them and it. A UDP checksum of 0 is none, and was
        // turned away before.
        ushort rest = InternetChecksum.SumPseudoHeader(0u, 0u, Protocol, _network.Length - L4Offset);
        return InternetChecksum.Verify(_network[(isIpv4 ? 12 : 8)..], rest)
            && (Protocol == IpProtocol.Udp || L4[TcpHeader.ChecksumOffset..] is not [0xFF, 0xFF, ..]);
    }

    // Acknowledgment number; data offset, flags and window; urgent pointer; options.
    private bool HasTcpFieldsOf(ReadOnlySpan<byte> first)
    {
        const uint fixedBits = ~((uint)EndingFlags << 16);
        ReadOnlySpan<byte> mine = L4[..L4HeaderLength], theirs = first[..L4HeaderLength];
        uint difference = BinaryPrimitives.ReadUInt32BigEndian(mine[12..])
            ^ BinaryPrimitives.ReadUInt32BigEndian(theirs[12..]);
        return (difference & fixedBits) == 0
            && mine[8..12].SequenceEqual(theirs[8..12])
            && mine[18..].SequenceEqual(theirs[18..]);
    }
}
