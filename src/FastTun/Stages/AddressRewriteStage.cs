using FastTun.Batching;
using FastTun.Linux.Bpf;
using FastTun.Packets;

namespace FastTun.Stages;

/// <summary>
/// Substitutes addresses, and with them TCP's and UDP's ports, by static rules, one to one, and keeps all checksums right
/// by their difference (RFC 1624). For each packet the first rule that matches its source and the first that matches its
/// destination apply. Addresses and ports inside payloads are left alone, also those of the packet that an ICMP error
/// quotes; no rule with a port is for an ICMP error, as it has none.
/// </summary>
/// <remarks>
/// Only the first fragment of a TCP segment or UDP datagram carries ports. A later one goes by the first rule for its whole
/// address; where there is none, by the first for a port of it. So fragments follow each other where all ports of an address
/// go to one host. Where they go to several, or only some are mapped, later fragments may miss the first: nothing in them
/// says which port they belong to.
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

    private bool Rewrite(Packet packet, Ipv4Header header)
    {
        var transport = new TransportHeader(header.Protocol, header.Fragment, header.Payload);
        ChecksumDelta addresses = default, ports = default;
        if (Find(_sources, header.Source, transport, packet.InputPort) is { } source)
        {
            uint address = (uint)source.Apply(header.Source);
            addresses += ChecksumDelta.Of(header.Source, address);
            header.Source = address;
            ports += transport.ReplacePort(source);
        }

        if (Find(_destinations, header.Destination, transport, packet.InputPort) is { } destination)
        {
            uint address = (uint)destination.Apply(header.Destination);
            addresses += ChecksumDelta.Of(header.Destination, address);
            header.Destination = address;
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

    private static FlowParts Translated(AddressRewrite[] rules, int inputPort, FlowParts address, FlowParts port)
    {
        AddressRewrite[] here = [.. rules.Where(rule => rule.AppliesAt(inputPort))];
        return (here.Length > 0 ? address : FlowParts.None)
            | (here.Any(rule => rule.TransportPort is not null) ? port : FlowParts.None);
    }
}
