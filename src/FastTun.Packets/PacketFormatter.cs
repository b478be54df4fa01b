using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace FastTun.Packets;

/// <summary>
/// One line for a packet, much as tcpdump writes it: for traces, and for tests that fail. Takes any bytes, never
/// throws, and allocates: not for the hot path. Stateless, safe from any thread.
/// </summary>
public static class PacketFormatter
{
    private const int MaxGarbageBytes = 24;

    /// <summary>Describes an IP packet.</summary>
    /// <param name="packet">The packet, or anything else.</param>
    public static string Format(ReadOnlySpan<byte> packet)
    {
        var line = new StringBuilder(128);
        ParseError error = PacketParser.Parse(packet, out ParsedPacket parsed);
        AppendPacket(line, packet, error, parsed);
        return line.ToString();
    }

    /// <summary>Describes an Ethernet frame.</summary>
    /// <param name="frame">The frame, or anything else.</param>
    public static string FormatEthernet(ReadOnlySpan<byte> frame)
    {
        var line = new StringBuilder(192);
        ParseError error = PacketParser.ParseEthernet(frame, out ParsedPacket parsed);
        if (EthernetHeader.TryParse(Writable(frame), out EthernetHeader header))
        {
            AppendHex(line, header.Source, ':').Append(" > ");
            AppendHex(line, header.Destination, ':').Append(", ");
            if (header.VlanId >= 0)
                line.Append($"vlan {header.VlanId}, ");
            line.Append($"{header.Type}, length {frame.Length}: ");
        }

        AppendPacket(line, frame, error, parsed);
        return line.ToString();
    }

    private static void AppendPacket(StringBuilder line, ReadOnlySpan<byte> bytes, ParseError error, in ParsedPacket parsed)
    {
        if (error != ParseError.None)
        {
            line.Append($"{error}, {bytes.Length} bytes: ");
            AppendHex(line, bytes[..Math.Min(bytes.Length, MaxGarbageBytes)], ' ');
            return;
        }

        Span<byte> packet = Writable(bytes)[parsed.L3Offset..parsed.End];
        if (Ipv4Header.TryParse(packet, out Ipv4Header ipv4))
        {
            AppendIp(line, "IP (ttl", ipv4.TimeToLive, ipv4.Fragment, ipv4.FragmentOffset, ipv4.MoreFragments);
            AppendEnds(line, packet[Ipv4Header.SourceOffset..], 4, ipv4.Payload, parsed.HasPorts);
            AppendPayload(line, ipv4.Payload, parsed);
        }
        else if (Ipv6Header.TryParse(packet, out Ipv6Header ipv6))
        {
            AppendIp(line, "IP6 (hlim", ipv6.HopLimit, ipv6.Fragment, ipv6.FragmentOffset, ipv6.MoreFragments);
            AppendEnds(line, packet[Ipv6Header.SourceOffset..], 16, ipv6.Payload, parsed.HasPorts);
            AppendPayload(line, ipv6.Payload, parsed);
        }
    }

    private static void AppendIp(StringBuilder line, string name, byte hops, FragmentKind fragment, int offset, bool more)
    {
        line.Append($"{name} {hops}");
        if (fragment != FragmentKind.None)
            line.Append($", offset {offset}{(more ? "+" : "")}");
        line.Append(") ");
    }

    // In both versions the destination lies right behind the source.
    private static void AppendEnds(
        StringBuilder line, ReadOnlySpan<byte> addresses, int addressLength, ReadOnlySpan<byte> payload, bool hasPorts)
    {
        line.Append(new IPAddress(addresses[..addressLength]));
        if (hasPorts)
            line.Append($".{NetworkOrder.ReadUInt16(payload, 0)}");
        line.Append(" > ").Append(new IPAddress(addresses.Slice(addressLength, addressLength)));
        if (hasPorts)
            line.Append($".{NetworkOrder.ReadUInt16(payload, sizeof(ushort))}");
        line.Append(": ");
    }

    private static void AppendPayload(StringBuilder line, Span<byte> payload, in ParsedPacket parsed)
    {
        bool described = parsed.Fragment == FragmentKind.None && parsed.Protocol switch
        {
            IpProtocol.Tcp => TryAppendTcp(line, payload),
            IpProtocol.Udp => TryAppendUdp(line, payload),
            IpProtocol.Icmp => TryAppendIcmp(line, payload),
            IpProtocol.Icmpv6 => TryAppendIcmpv6(line, payload),
            _ => false,
        };
        if (described)
            return;
        line.Append(parsed.Protocol).Append(parsed.Fragment == FragmentKind.None ? "" : " fragment");
        line.Append($", length {payload.Length}");
    }

    private static bool TryAppendTcp(StringBuilder line, Span<byte> payload)
    {
        if (!TcpHeader.TryParse(payload, out TcpHeader tcp))
            return false;
        line.Append("Flags [");
        AppendFlags(line, tcp.Flags);
        line.Append($"], seq {tcp.SequenceNumber}");
        if ((tcp.Flags & TcpFlags.Ack) != 0)
            line.Append($", ack {tcp.AcknowledgmentNumber}");
        line.Append($", win {tcp.Window}, length {tcp.Payload.Length}");
        return true;
    }

    // The letters are tcpdump's, from the lowest bit up.
    private static void AppendFlags(StringBuilder line, TcpFlags flags)
    {
        const string Letters = "FSRP.UEWe";
        if (flags == TcpFlags.None)
            line.Append("none");
        for (int bit = 0; bit < Letters.Length; bit++)
        {
            if (((int)flags & (1 << bit)) != 0)
                line.Append(Letters[bit]);
        }
    }

    private static bool TryAppendUdp(StringBuilder line, Span<byte> payload)
    {
        if (!UdpHeader.TryParse(payload, out UdpHeader udp))
            return false;
        line.Append($"UDP, length {udp.Payload.Length}");
        return true;
    }

    private static bool TryAppendIcmp(StringBuilder line, Span<byte> payload)
    {
        if (!IcmpHeader.TryParse(payload, out IcmpHeader icmp))
            return false;
        line.Append($"ICMP {icmp.Type}");
        if (icmp.Type is IcmpType.EchoRequest or IcmpType.EchoReply)
            line.Append($", id {icmp.Identifier}, seq {icmp.SequenceNumber}");
        else
            line.Append($", code {icmp.Code}, parameter 0x{icmp.Parameter:x8}");
        line.Append($", length {icmp.Length}");
        return true;
    }

    private static bool TryAppendIcmpv6(StringBuilder line, Span<byte> payload)
    {
        if (!Icmpv6Header.TryParse(payload, out Icmpv6Header icmp))
            return false;
        line.Append($"ICMP6 {icmp.Type}");
        if (icmp.Type is Icmpv6Type.EchoRequest or Icmpv6Type.EchoReply)
            line.Append($", id {icmp.Identifier}, seq {icmp.SequenceNumber}");
        else
            line.Append($", code {icmp.Code}, parameter 0x{icmp.Parameter:x8}");
        line.Append($", length {icmp.Length}");
        return true;
    }

    private static StringBuilder AppendHex(StringBuilder line, ReadOnlySpan<byte> bytes, char separator)
    {
        for (int i = 0; i < bytes.Length; i++)
            line.Append(i == 0 ? "" : separator.ToString()).Append($"{bytes[i]:x2}");
        return line;
    }

    // The views are over writable spans, and are only read here.
    private static Span<byte> Writable(ReadOnlySpan<byte> bytes) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(bytes), bytes.Length);
}
