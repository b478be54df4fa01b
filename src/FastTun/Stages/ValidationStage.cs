using FastTun.Batching;
using FastTun.Packets;

namespace FastTun.Stages;

/// <summary>
/// Drops what is not a well-formed IP packet: version, header length, total length, IPv6 extension headers, IPv4 header checksum
/// (RFC 1812 section 5.2.2, RFC 8200 section 4), and what is longer than the input port's MTU. The kernel checks almost none of
/// it when a packet is written to a TUN. Stages behind this one may rely on it. Ethernet frames that are not IP pass.
/// </summary>
public sealed class ValidationStage : IPacketStage
{
    /// <inheritdoc/>
    public void Process(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        PortState input = batch.Ports[batch.InputPort];
        foreach (Packet packet in batch)
        {
            if (!packet.Fits(input))
                packet.Drop(DropReason.ExceedsMtu);
            else if (packet.IsIp && Check(packet.Network) is var reason and not DropReason.None)
                packet.Drop(reason);
        }
    }

    private static DropReason Check(Span<byte> packet)
    {
        // An IPv4 header without options, as nearly all are, needs no more than this.
        if (Ipv4Header.TryParse(packet, out Ipv4Header ipv4))
            return ipv4.VerifyChecksum() ? DropReason.None : DropReason.BadHeaderChecksum;

        return PacketParser.Parse(packet, out _) switch
        {
            ParseError.None => DropReason.None,
            ParseError.BadVersion => DropReason.BadVersion,
            ParseError.BadHeaderLength => DropReason.BadHeaderLength,
            ParseError.BadTotalLength => DropReason.BadTotalLength,
            ParseError.ExtensionHeaderChain => DropReason.BadExtensionHeaders,
            _ => DropReason.TooShort,
        };
    }
}
