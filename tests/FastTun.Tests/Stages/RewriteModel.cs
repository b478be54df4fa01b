using System.Net;
using FastTun.Stages;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Stages;

/// <summary>What a packet shows of its ports.</summary>
internal enum PortsShown
{
    /// <summary>Its protocol has none that rules know.</summary>
    None,

    /// <summary>They are there.</summary>
    Both,

    /// <summary>They are in another fragment.</summary>
    Elsewhere,
}

/// <summary>One rule as text. Networks are strings of bits, so that nothing of what is tested is in the model.</summary>
internal sealed record ModelRule(
    AddressField Field, string From, string To, int PrefixLength, (ushort From, ushort To)? Port, int? InputPort)
{
    public AddressRewrite ToRewrite() => new(Field, Network(From), Network(To), InputPort) { TransportPort = Port };

    private IPNetwork Network(string address) =>
        new(ToAddress(Bits(address)[..PrefixLength] + new string('0', Bits(address).Length - PrefixLength)), PrefixLength);

    public bool Covers(string address) => Bits(address).Length == Bits(From).Length && Prefix(address) == Prefix(From);

    public string Replace(string address) => $"{ToAddress(Prefix(To) + Bits(address)[PrefixLength..])}";

    private string Prefix(string address) => Bits(address)[..PrefixLength];

    private static string Bits(string address) =>
        string.Concat(IPAddress.Parse(address).GetAddressBytes().Select(value => $"{value:b8}"));

    private static IPAddress ToAddress(string bits) =>
        new([.. bits.Chunk(8).Select(chunk => Convert.ToByte(new string(chunk), fromBase: 2))]);
}

/// <summary>What the rules say of a packet, slowly: it is built anew, with other addresses and ports.</summary>
internal static class RewriteModel
{
    public static PacketBuilder Rewrite(PacketBuilder packet, PortsShown shown, IEnumerable<ModelRule> rules, int inputPort)
    {
        ModelRule[] here = [.. rules.Where(rule => rule.InputPort is null || rule.InputPort == inputPort)];
        ModelRule? source = First(here, AddressField.Source, packet.Source, packet.SourcePort, shown);
        ModelRule? destination = First(here, AddressField.Destination, packet.Destination, packet.DestinationPort, shown);
        return packet with
        {
            Source = source?.Replace(packet.Source) ?? packet.Source,
            Destination = destination?.Replace(packet.Destination) ?? packet.Destination,
            SourcePort = source?.Port?.To ?? packet.SourcePort,
            DestinationPort = destination?.Port?.To ?? packet.DestinationPort,
        };
    }

    private static ModelRule? First(ModelRule[] rules, AddressField field, string address, ushort port, PortsShown shown)
    {
        ModelRule[] ofAddress = [.. rules.Where(rule => rule.Field == field && rule.Covers(address))];
        return shown switch
        {
            PortsShown.Both => ofAddress.FirstOrDefault(rule => rule.Port is null || rule.Port.Value.From == port),
            PortsShown.Elsewhere => ofAddress.FirstOrDefault(rule => rule.Port is null) ?? ofAddress.FirstOrDefault(),
            _ => ofAddress.FirstOrDefault(rule => rule.Port is null),
        };
    }
}
