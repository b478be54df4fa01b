namespace FastTun.Packets;

/// <summary>
/// Classifies a packet in one pass: version, offsets, protocol, fragment and flow. All lengths of the IP headers are
/// proven; the upper layer's are left to its own view. Checksums are not verified. Stateless, safe from any thread,
/// allocates nothing.
/// </summary>
public static class PacketParser
{
    /// <summary>Classifies an IP packet, as a TUN device carries it.</summary>
    /// <param name="packet">The packet; bytes behind its own length are ignored.</param>
    /// <param name="parsed">What was found, when the answer is <see cref="ParseError.None"/>.</param>
    /// <returns>Why the bytes are not an IP packet, or <see cref="ParseError.None"/>.</returns>
    public static ParseError Parse(ReadOnlySpan<byte> packet, out ParsedPacket parsed)
    {
        int version = packet.IsEmpty ? 0 : NetworkOrder.ReadByte(packet, 0) >> 4;
        if (version == 4)
            return ParseIpv4(packet, 0, out parsed);
        if (version == 6)
            return ParseIpv6(packet, 0, out parsed);

        parsed = default;
        return packet.IsEmpty ? ParseError.Empty : ParseError.BadVersion;
    }

    /// <summary>Classifies an Ethernet frame, as a TAP device carries it.</summary>
    /// <param name="frame">The frame; up to two VLAN tags are skipped.</param>
    /// <param name="parsed">What was found, with offsets from the frame's start.</param>
    /// <returns>Why the frame does not carry an IP packet, or <see cref="ParseError.None"/>.</returns>
    public static ParseError ParseEthernet(ReadOnlySpan<byte> frame, out ParsedPacket parsed)
    {
        parsed = default;
        if (!EthernetHeader.TryMeasure(frame, out int headerLength))
            return frame.IsEmpty ? ParseError.Empty : ParseError.TooShort;
        return (EtherType)NetworkOrder.ReadUInt16(frame, headerLength - 2) switch
        {
            EtherType.Ipv4 => ParseIpv4(frame[headerLength..], headerLength, out parsed),
            EtherType.Ipv6 => ParseIpv6(frame[headerLength..], headerLength, out parsed),
            _ => ParseError.NotIp,
        };
    }

    private static ParseError ParseIpv4(ReadOnlySpan<byte> packet, int l3Offset, out ParsedPacket parsed)
    {
        ParseError error = Ipv4Header.Validate(packet, out int headerLength, out int totalLength);
        if (error != ParseError.None)
        {
            parsed = default;
            return error;
        }

        FragmentKind fragment = Ipv4Header.FragmentOf(NetworkOrder.ReadUInt16(packet, Ipv4Header.FragmentOffsetOffset));
        var protocol = (IpProtocol)NetworkOrder.ReadByte(packet, Ipv4Header.ProtocolOffset);
        bool hasPorts = HasPorts(protocol, fragment, totalLength - headerLength);
        uint ports = HashedPorts(packet, headerLength, hasPorts, fragment);
        parsed = new ParsedPacket
        {
            Version = 4,
            L3Offset = l3Offset,
            L4Offset = l3Offset + headerLength,
            TotalLength = totalLength,
            Protocol = protocol,
            Fragment = fragment,
            HasPorts = hasPorts,
            FlowHash = FlowHash.Combine(
                FlowHash.End(NetworkOrder.ReadUInt32(packet, Ipv4Header.SourceOffset), ports >> 16),
                FlowHash.End(NetworkOrder.ReadUInt32(packet, Ipv4Header.DestinationOffset), (ushort)ports),
                HashedProtocol(protocol, fragment)),
        };
        return ParseError.None;
    }

    private static ParseError ParseIpv6(ReadOnlySpan<byte> packet, int l3Offset, out ParsedPacket parsed)
    {
        ParseError error = Ipv6Header.Validate(packet, out int totalLength, out Ipv6ExtensionHeaders extensions);
        if (error != ParseError.None)
        {
            parsed = default;
            return error;
        }

        FragmentKind fragment = extensions.Fragment;
        bool hasPorts = HasPorts(extensions.Protocol, fragment, totalLength - extensions.End);
        uint ports = HashedPorts(packet, extensions.End, hasPorts, fragment);
        parsed = new ParsedPacket
        {
            Version = 6,
            L3Offset = l3Offset,
            L4Offset = l3Offset + extensions.End,
            TotalLength = totalLength,
            Protocol = extensions.Protocol,
            Fragment = fragment,
            HasPorts = hasPorts,
            FlowHash = FlowHash.Combine(
                Ipv6End(packet, Ipv6Header.SourceOffset, ports >> 16),
                Ipv6End(packet, Ipv6Header.DestinationOffset, (ushort)ports),
                HashedProtocol(extensions.Protocol, fragment)),
        };
        return ParseError.None;
    }

    private static ulong Ipv6End(ReadOnlySpan<byte> packet, int offset, uint port) =>
        FlowHash.End(NetworkOrder.ReadUInt64(packet, offset), NetworkOrder.ReadUInt64(packet, offset + 8), port);

    private static bool HasPorts(IpProtocol protocol, FragmentKind fragment, int l4Length) =>
        protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.Dccp or IpProtocol.UdpLite
        && fragment != FragmentKind.Later && l4Length >= 2 * sizeof(ushort);

    // Later fragments have no ports, and over IPv6 may name another protocol than the first (an extension header behind
    // the fragment header). Hashing the addresses alone keeps a datagram's fragments together.
    private static uint HashedPorts(ReadOnlySpan<byte> packet, int l4Offset, bool hasPorts, FragmentKind fragment) =>
        hasPorts && fragment == FragmentKind.None ? NetworkOrder.ReadUInt32(packet, l4Offset) : 0;

    private static IpProtocol HashedProtocol(IpProtocol protocol, FragmentKind fragment) =>
        fragment == FragmentKind.None ? protocol : 0;
}
