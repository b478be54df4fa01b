using FastTun.Batching;
using FastTun.Packets;

namespace FastTun.Stages;

/// <summary>
/// Sends every packet back to where it came from, with addresses and ports swapped; an echo request becomes its reply. Swapping
/// changes no sum, so checksums stay as they are, right or wrong. What was sent to or from anything but a single host is
/// dropped: its mirror image would be a packet that no host may send. At a TAP port, ARP and neighbour discovery are not
/// answered; give the host a permanent neighbour entry.
/// </summary>
public sealed class ReflectStage : IPacketStage
{
    /// <inheritdoc/>
    public void Process(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (Packet packet in batch)
        {
            if (!Reflect(packet.Network))
            {
                packet.Drop(DropReason.NotUnicast);
                continue;
            }

            if (batch.Ports[batch.InputPort].LinkLayer == LinkLayer.Ethernet && EthernetHeader.TryParse(packet.Bytes, out EthernetHeader frame))
                frame.SwapAddresses();
            packet.ForwardTo(batch.InputPort);
        }
    }

    private static bool Reflect(Span<byte> packet)
    {
        if (Ipv4Header.TryParse(packet, out Ipv4Header ipv4))
        {
            if (!IsUnicast(ipv4.Source) || !IsUnicast(ipv4.Destination))
                return false;
            (ipv4.Source, ipv4.Destination) = (ipv4.Destination, ipv4.Source);
            if (ipv4.Fragment != FragmentKind.Later)
                ReflectTransport(ipv4.Protocol, ipv4.Payload);
            return true;
        }

        if (!Ipv6Header.TryParse(packet, out Ipv6Header ipv6) || !IsUnicast(ipv6.Source) || !IsUnicast(ipv6.Destination))
            return false;
        (ipv6.Source, ipv6.Destination) = (ipv6.Destination, ipv6.Source);
        if (ipv6.Fragment != FragmentKind.Later)
            ReflectTransport(ipv6.Protocol, ipv6.Payload);
        return true;
    }

    private static void ReflectTransport(IpProtocol protocol, Span<byte> payload)
    {
        switch (protocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Sctp or IpProtocol.Dccp when payload.Length >= 4:
                (payload[0], payload[1], payload[2], payload[3]) = (payload[2], payload[3], payload[0], payload[1]);
                break;

            case IpProtocol.Icmp when IcmpHeader.TryParse(payload, out IcmpHeader icmp) && icmp.Type == IcmpType.EchoRequest:
                icmp.Type = IcmpType.EchoReply;
                icmp.AdjustChecksum(ChecksumDelta.Of((ushort)((int)IcmpType.EchoRequest << 8), (ushort)((int)IcmpType.EchoReply << 8)));
                break;

            case IpProtocol.Icmpv6 when Icmpv6Header.TryParse(payload, out Icmpv6Header icmp) && icmp.Type == Icmpv6Type.EchoRequest:
                icmp.Type = Icmpv6Type.EchoReply;
                icmp.AdjustChecksum(ChecksumDelta.Of((ushort)((int)Icmpv6Type.EchoRequest << 8), (ushort)((int)Icmpv6Type.EchoReply << 8)));
                break;
        }
    }

    // RFC 1122 section 3.2.1.3: 0/8 is "this host", 224/4 multicast, 240/4 reserved with the limited broadcast at its end.
    private static bool IsUnicast(uint address) => address >> 24 is > 0 and < 224;

    // RFC 4291 section 2.4: the unspecified address, and ff00::/8.
    private static bool IsUnicast(UInt128 address) => address != UInt128.Zero && (byte)(address >> 120) != 0xFF;
}
