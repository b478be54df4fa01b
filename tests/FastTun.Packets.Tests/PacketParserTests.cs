using CsCheck;
using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>The one-pass classification, and what its flow hash must hold together and keep apart.</summary>
public class PacketParserTests
{
    private const string Zeros32 = "0000000000000000000000000000000000000000000000000000000000000000";

    private static readonly PacketBuilder Four = new() { Payload = [1, 2, 3] };
    private static readonly PacketBuilder Six = Four with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    public static TheoryData<PacketBuilder> BothVersions => [Four, Six];

    [Fact]
    public void ClassifiesIpv4()
    {
        ParsedPacket parsed = Parse((Four with { Options = new byte[4] }).Tcp());
        Assert.Equal(4, parsed.Version);
        Assert.Equal(0, parsed.L3Offset);
        Assert.Equal(24, parsed.L4Offset);
        Assert.Equal(IpProtocol.Tcp, parsed.Protocol);
        Assert.Equal(FragmentKind.None, parsed.Fragment);
        Assert.Equal(47, parsed.TotalLength);
        Assert.Equal(47, parsed.End);
        Assert.Equal(23, parsed.L4Length);
        Assert.True(parsed.HasPorts);
    }

    [Fact]
    public void ClassifiesIpv6()
    {
        PacketBuilder builder = Six with { ExtensionHeaders = [(IpProtocol.HopByHopOptions, new byte[8])] };
        ParsedPacket parsed = Parse([.. builder.Echo(), 0, 0]);
        Assert.Equal(6, parsed.Version);
        Assert.Equal(48, parsed.L4Offset);
        Assert.Equal(IpProtocol.Icmpv6, parsed.Protocol);
        Assert.Equal(48 + 11, parsed.TotalLength);
        Assert.Equal(11, parsed.L4Length);
        Assert.False(parsed.HasPorts);
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void ClassifiesEthernet(PacketBuilder builder)
    {
        byte[] packet = builder.Udp();
        byte[] padded = [.. PacketBuilder.Ethernet(packet, vlan: 5), 0, 0, 0];
        Assert.Equal(ParseError.None, PacketParser.ParseEthernet(padded, out ParsedPacket parsed));
        ParsedPacket bare = Parse(packet);
        Assert.Equal(18, parsed.L3Offset);
        Assert.Equal(18 + bare.L4Offset, parsed.L4Offset);
        Assert.Equal(bare.TotalLength, parsed.TotalLength);
        Assert.Equal(18 + bare.TotalLength, parsed.End);
        Assert.Equal(bare.L4Length, parsed.L4Length);
        Assert.Equal(bare.FlowHash, parsed.FlowHash);
    }

    [Theory]
    [InlineData("", ParseError.Empty)]
    [InlineData("00", ParseError.BadVersion)]
    [InlineData("F5", ParseError.BadVersion)]
    [InlineData("45", ParseError.TooShort)]
    [InlineData("60", ParseError.TooShort)]
    [InlineData("4600001400000000401100000000000000000000", ParseError.BadHeaderLength)]
    [InlineData("4500001500000000401100000000000000000000", ParseError.BadTotalLength)]
    [InlineData("6000000000011140" + Zeros32, ParseError.BadTotalLength)]
    [InlineData("6000000000000040" + Zeros32, ParseError.ExtensionHeaderChain)]
    [InlineData("6000000000001140" + Zeros32, ParseError.None)]
    public void TellsWhyNot(string hex, ParseError expected)
    {
        // The last two differ in the next header: hop-by-hop options that are not there, and UDP.
        byte[] packet = Convert.FromHexString(hex);
        Assert.Equal(expected, PacketParser.Parse(packet, out ParsedPacket parsed));
        Assert.Equal(expected == ParseError.None, parsed.Version != 0);
    }

    [Theory]
    [InlineData("", ParseError.Empty)]
    [InlineData("00", ParseError.TooShort)]
    [InlineData("0000000000000000000000000806", ParseError.NotIp)]
    [InlineData("0000000000000000000000000800", ParseError.Empty)]
    [InlineData("000000000000000000000000080060", ParseError.TooShort)]
    [InlineData("00000000000000000000000086DD4500001400000000401100000000000000000000", ParseError.TooShort)]
    public void TellsWhyNotOfFrames(string hex, ParseError expected) =>
        Assert.Equal(expected, PacketParser.ParseEthernet(Convert.FromHexString(hex), out _));

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void BothDirectionsHashAlike(PacketBuilder builder) => Gen.Select(Gen.UShort, Gen.UShort).Sample((one, other) =>
    {
        PacketBuilder there = builder with { SourcePort = one, DestinationPort = other };
        PacketBuilder back = there with
        {
            Source = there.Destination,
            Destination = there.Source,
            SourcePort = other,
            DestinationPort = one,
        };
        Assert.Equal(Hash(there.Udp()), Hash(back.Udp()));
        Assert.Equal(Hash(there.Tcp()), Hash(back.Tcp(TcpFlags.Syn, 5, 6)));
        Assert.Equal(Hash(there.Echo(1, 1)), Hash(back.Echo(1, 2, reply: true)));
    });

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void AllFragmentsOfADatagramHashAlike(PacketBuilder builder)
    {
        PacketBuilder first = builder with { MoreFragments = true }, later = builder with { FragmentOffset = 1480 };
        uint hash = Hash(first.Udp());
        Assert.Equal(hash, Hash((later with { SourcePort = 9 }).Udp()));
        Assert.Equal(hash, Hash(later.Wrap(IpProtocol.DestinationOptions, [1])));
        Assert.True(Parse(first.Udp()).HasPorts);
        Assert.False(Parse(later.Udp()).HasPorts);
        Assert.Equal(FragmentKind.First, Parse(first.Udp()).Fragment);
        Assert.Equal(FragmentKind.Later, Parse(later.Udp()).Fragment);
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void PortsThatAreNotThereAreNotRead(PacketBuilder builder)
    {
        ParsedPacket parsed = Parse(builder.Wrap(IpProtocol.Udp, [1, 2, 3]));
        Assert.False(parsed.HasPorts);
        Assert.Equal(parsed.FlowHash, Hash(builder.Wrap(IpProtocol.Udp, [4, 5, 6])));
        Assert.True(Parse(builder.Wrap(IpProtocol.Sctp, [1, 2, 3, 4])).HasPorts);
        Assert.False(Parse(builder.Wrap(IpProtocol.Gre, [1, 2, 3, 4])).HasPorts);
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void FlowsSpread(PacketBuilder builder)
    {
        // A load test's flows: few bits differ, and the addresses run in step. 4096 flows over 64 queues give 64 each;
        // with a standard deviation of 8, a queue outside 16..160 is out of the question for a good hash.
        int[] queues = new int[64];
        var hashes = new HashSet<uint>();
        for (int flow = 0; flow < 4096; flow++)
        {
            string step = (flow / 16).ToString(builder == Six ? "x" : "d");
            PacketBuilder packet = builder with
            {
                Source = builder == Six ? $"2001:db8:1::{step}" : $"198.18.0.{step}",
                Destination = builder == Six ? $"2001:db8:2::{step}" : $"198.19.0.{step}",
                SourcePort = (ushort)(1024 + (flow % 16)),
                DestinationPort = (ushort)(1024 + (flow % 16)),
            };
            uint hash = Hash(packet.Udp());
            hashes.Add(hash);
            queues[hash % 64]++;
        }

        Assert.InRange(hashes.Count, 4090, 4096);
        Assert.All(queues, count => Assert.InRange(count, 16, 160));
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void ProtocolsAndPortsTellFlowsApart(PacketBuilder builder)
    {
        uint[] hashes =
        [
            Hash(builder.Udp()),
            Hash(builder.Tcp()),
            Hash(builder.Echo()),
            Hash((builder with { SourcePort = 1 }).Udp()),
            Hash((builder with { SourcePort = 2048, DestinationPort = 1024 }).Udp()),
        ];
        Assert.Distinct(hashes);
    }

    private static ParsedPacket Parse(ReadOnlySpan<byte> packet)
    {
        Assert.Equal(ParseError.None, PacketParser.Parse(packet, out ParsedPacket parsed));
        return parsed;
    }

    private static uint Hash(ReadOnlySpan<byte> packet) => Parse(packet).FlowHash;
}
