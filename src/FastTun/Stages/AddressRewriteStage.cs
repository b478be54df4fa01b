using FastTun.Batching;
using FastTun.Linux.Bpf;
using FastTun.Packets;

namespace FastTun.Stages;

/// <summary>
/// Substitutes addresses by static rules, one to one, and keeps all checksums right by their difference (RFC 1624), also that
/// of a datagram whose first fragment this is. For each packet the first rule that matches its source and the first that
/// matches its destination apply. Addresses inside payloads, ICMP errors' among them, are left alone.
/// </summary>
public sealed class AddressRewriteStage : IPacketStage
{
    private readonly AddressRewrite[] _sources;
    private readonly AddressRewrite[] _destinations;

    /// <summary>Takes over the rules.</summary>
    /// <param name="rules">In order of precedence; the stage looks at them one after another, so they should be few.</param>
    public AddressRewriteStage(params IEnumerable<AddressRewrite> rules)
    {
        AddressRewrite[] all = [.. rules];
        _sources = [.. all.Where(rule => rule.Field == AddressField.Source)];
        _destinations = [.. all.Where(rule => rule.Field == AddressField.Destination)];
    }

    /// <inheritdoc/>
    public void Process(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (Packet packet in batch)
        {
            bool intact = Ipv4Header.TryParse(packet.Network, out Ipv4Header ipv4) ? Rewrite(packet, ipv4)
                : !Ipv6Header.TryParse(packet.Network, out Ipv6Header ipv6) || Rewrite(packet, ipv6);
            if (!intact)
                packet.Drop(DropReason.TooShort);
        }
    }

    /// <inheritdoc/>
    public FlowParts TranslatedParts(int inputPort) =>
        (Array.Exists(_sources, rule => rule.AppliesAt(inputPort)) ? FlowParts.SourceAddress : FlowParts.None)
        | (Array.Exists(_destinations, rule => rule.AppliesAt(inputPort)) ? FlowParts.DestinationAddress : FlowParts.None);

    private bool Rewrite(Packet packet, Ipv4Header header)
    {
        ChecksumDelta delta = default;
        if (Find(_sources, header.Source, packet.InputPort) is { } source)
            delta += header.ReplaceSource((uint)source.Apply(header.Source));
        if (Find(_destinations, header.Destination, packet.InputPort) is { } destination)
            delta += header.ReplaceDestination((uint)destination.Apply(header.Destination));
        bool isPartial = packet.HasPartialChecksum(header.HeaderLength);
        return header.Fragment == FragmentKind.Later
            || TransportChecksum.TryAdjust(header.Protocol, header.Payload, delta, isPartial);
    }

    private bool Rewrite(Packet packet, Ipv6Header header)
    {
        ChecksumDelta delta = default;
        if (Find(_sources, header.Source, packet.InputPort, isIpv6: true) is { } source)
            delta += header.ReplaceSource(source.Apply(header.Source));
        if (Find(_destinations, header.Destination, packet.InputPort, isIpv6: true) is { } destination)
            delta += header.ReplaceDestination(destination.Apply(header.Destination));
        bool isPartial = packet.HasPartialChecksum(header.HeaderLength);
        return header.Fragment == FragmentKind.Later
            || TransportChecksum.TryAdjust(header.Protocol, header.Payload, delta, isPartial);
    }

    private static AddressRewrite? Find(AddressRewrite[] rules, UInt128 address, int inputPort, bool isIpv6 = false)
    {
        foreach (AddressRewrite rule in rules)
        {
            if (rule.Matches(address, inputPort, isIpv6))
                return rule;
        }

        return null;
    }
}
