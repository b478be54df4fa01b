using FastTun.Batching;
using FastTun.Linux.Bpf;
using FastTun.Packets;

namespace FastTun.Stages;

/// <summary>
/// Substitutes addresses, and with them TCP's and UDP's ports, by static rules, one to one, and keeps all checksums right by
/// their difference (RFC 1624). For each packet the first rule that matches its source and the first that matches its
/// destination apply. Addresses and ports inside payloads, ICMP errors' among them, are left alone.
/// </summary>
/// <remarks>
/// Only the first fragment of a datagram carries ports. A later one goes by the first rule for its address whatever the port;
/// by one with a port only if there is none. All of a datagram therefore arrives at one place as long as all ports of an
/// address go to one place, or rules without ports say where fragments go. What cannot be known here is the port: to map
/// ports of one address to several hosts and carry fragments, reassemble them first.
/// </remarks>
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
        Translated(_sources, inputPort, FlowParts.SourceAddress, FlowParts.SourcePort)
        | Translated(_destinations, inputPort, FlowParts.DestinationAddress, FlowParts.DestinationPort);

    private static FlowParts Translated(AddressRewrite[] rules, int inputPort, FlowParts address, FlowParts port) =>
        rules.Where(rule => rule.AppliesAt(inputPort)).Aggregate(
            FlowParts.None, (parts, rule) => parts | address | (rule.TransportPort is null ? FlowParts.None : port));

    private bool Rewrite(Packet packet, Ipv4Header header)
    {
        var transport = new TransportHeader(header.Protocol, header.Fragment, header.Payload);
        ChecksumDelta addresses = default, ports = default;
        if (Find(_sources, header.Source, transport, packet.InputPort) is { } source)
        {
            addresses += ChecksumDelta.Of(header.Source, header.Source = (uint)source.Apply(header.Source));
            ports += transport.ReplacePort(source);
        }

        if (Find(_destinations, header.Destination, transport, packet.InputPort) is { } destination)
        {
            addresses += ChecksumDelta.Of(header.Destination, header.Destination = (uint)destination.Apply(header.Destination));
            ports += transport.ReplacePort(destination);
        }

        header.AdjustChecksum(addresses);
        return transport.TryAdjustChecksum(addresses, ports, packet.HasPartialChecksum(header.HeaderLength));
    }

    private bool Rewrite(Packet packet, Ipv6Header header)
    {
        var transport = new TransportHeader(header.Protocol, header.Fragment, header.Payload);
        ChecksumDelta addresses = default, ports = default;
        if (Find(_sources, header.Source, transport, packet.InputPort, isIpv6: true) is { } source)
        {
            addresses += header.ReplaceSource(source.Apply(header.Source));
            ports += transport.ReplacePort(source);
        }

        if (Find(_destinations, header.Destination, transport, packet.InputPort, isIpv6: true) is { } destination)
        {
            addresses += header.ReplaceDestination(destination.Apply(header.Destination));
            ports += transport.ReplacePort(destination);
        }

        return transport.TryAdjustChecksum(addresses, ports, packet.HasPartialChecksum(header.HeaderLength));
    }

    private static AddressRewrite? Find(
        AddressRewrite[] rules, UInt128 address, TransportHeader transport, int inputPort, bool isIpv6 = false)
    {
        AddressRewrite? withAnyPort = null;
        foreach (AddressRewrite rule in rules)
        {
            if (!rule.Matches(address, inputPort, isIpv6))
                continue;
            if (rule.TransportPort is not { } wanted)
                return rule;
            int port = transport.ReadPort(rule.Field);
            if (port == wanted.From)
                return rule;
            if (port == TransportHeader.UnknownPort)
                withAnyPort ??= rule;
        }

        return withAnyPort;
    }
}
