using System.Buffers.Binary;
using System.Net;
using CsCheck;
using FastTun.Batching;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.Stages;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Stages;

/// <summary>Addresses and ports together, whatever the rules, the packet, and the state of its checksum.</summary>
public class PortRewriteTests
{
    private const int FragmentLength = 64;

    // Few addresses and ports, so that rules match, overlap, and miss.
    private static readonly Gen<ushort> PortNumber = OneOf<ushort>(53, 80, 443);
    private static readonly Gen<(ushort, ushort)?> PortPair =
        Gen.Select(Gen.Bool, PortNumber, Gen.UShort[1, 65535], (has, from, to) => has ? (from, to) : ((ushort, ushort)?)null);

    private static readonly Gen<(bool IsIpv6, PacketBuilder Builder)> Builders = Gen.Select(
        Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 3], PortNumber, PortNumber, Gen.Byte.Array[FragmentLength, 2 * FragmentLength],
        (isIpv6, source, destination, sourcePort, destinationPort, payload) => (isIpv6, new PacketBuilder
        {
            Source = Address(isIpv6, source),
            Destination = Address(isIpv6, destination),
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Payload = payload,
        }));

    private static readonly Gen<ModelRule> Rule = Gen.Select(
        OneOf(AddressField.Source, AddressField.Destination),
        Gen.Bool,
        Gen.Int[0, 3],
        Gen.Byte,
        Gen.Int[0, 2],
        PortPair,
        OneOf<int?>(null, 0, 1),
        (field, isIpv6, from, to, hostBits, port, inputPort) => new ModelRule(
            field, Address(isIpv6, from), isIpv6 ? $"2001:db8:113::{to:x}" : $"203.0.113.{to}",
            (isIpv6 ? 128 : 32) - hostBits, port, inputPort));

    private static readonly Gen<PacketKind> Kind = OneOf(PacketKind.All);

    [Fact]
    public void Whatever_the_rules_a_packet_is_as_if_it_had_been_built_so() =>
        Gen.Select(Builders, Rule.Array[0, 6], Gen.Int[0, 1], Kind).Sample(
            (packet, rules, inputPort, kind) =>
            {
                PacketBuilder wanted = RewriteModel.Rewrite(packet.Builder, kind.Shown, rules, inputPort);
                var stage = new AddressRewriteStage(rules.Select(rule => rule.ToRewrite()));
                (byte[] bytes, PacketOffload offload) = kind.Build(packet.Builder);
                StageRun run = StageRun.Of(stage, bytes, inputPort, offload);
                Assert.Equal(DropReason.None, run.Drop);
                SamePacket.Assert(kind.Build(wanted).Packet, run.Bytes);
            },
            iter: 20_000);

    [Fact]
    public void The_model_is_hit_and_missed_by_every_kind_of_packet()
    {
        // So that the property above is not true of packets alone that no rule is for.
        Dictionary<(PortsShown, bool, bool), int> seen = [];
        Gen.Select(Builders, Rule.Array[0, 6], Kind).Sample(
            (packet, rules, kind) =>
            {
                PacketBuilder wanted = RewriteModel.Rewrite(packet.Builder, kind.Shown, rules, inputPort: 0);
                bool address = wanted.Destination != packet.Builder.Destination;
                bool port = wanted.DestinationPort != packet.Builder.DestinationPort;
                seen[(kind.Shown, address, port)] = seen.GetValueOrDefault((kind.Shown, address, port)) + 1;
            },
            iter: 5_000,
            threads: 1);
        foreach (PortsShown shown in Enum.GetValues<PortsShown>())
            Assert.True(seen[(shown, true, false)] > 20 && seen[(shown, false, false)] > 20, $"{shown}");
        Assert.True(seen[(PortsShown.Both, true, true)] > 20);
        Assert.DoesNotContain((PortsShown.None, true, true), seen.Keys);
    }

    [Fact]
    public void A_first_fragment_too_short_for_its_ports_is_left_to_the_check_of_its_checksum()
    {
        var stage = new AddressRewriteStage(Service("198.51.100.1:2048", "203.0.113.1:80"));
        foreach (int length in new[] { 0, 2, 3 })
            Assert.Equal(DropReason.TooShort, StageRun.Of(stage, new PacketBuilder().Wrap(IpProtocol.Udp, new byte[length])).Drop);
    }

    [Fact]
    public void Ports_of_an_address_may_go_to_several_hosts_and_the_rest_to_one_more()
    {
        var stage = new AddressRewriteStage(
            Service("198.51.100.1:80", "203.0.113.1:8080"),
            Service("198.51.100.1:53", "203.0.113.2:53"),
            new AddressRewrite(AddressField.Destination, IPAddress.Parse("198.51.100.1"), IPAddress.Parse("203.0.113.3")));
        Assert.Equal(("203.0.113.1", 8080), Destination(80));
        Assert.Equal(("203.0.113.2", 53), Destination(53));
        Assert.Equal(("203.0.113.3", 443), Destination(443));

        byte[] later = (new PacketBuilder { FragmentOffset = 8 }).Wrap(IpProtocol.Udp, new byte[8]);
        Assert.Equal(IPAddress.Parse("203.0.113.3").GetAddressBytes(), StageRun.Of(stage, later).Bytes[16..20]);

        (string Address, int Port) Destination(ushort port)
        {
            byte[] packet = StageRun.Of(stage, new PacketBuilder { DestinationPort = port }.Udp()).Bytes;
            return ($"{new IPAddress(packet[16..20])}", BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(22)));
        }
    }

    [Theory]
    [InlineData(0, 80)]
    [InlineData(80, 0)]
    public void No_port_is_0(int from, int to) => Assert.Throws<ArgumentException>(
        () => Service($"198.51.100.1:{from}", $"203.0.113.1:{to}"));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static AddressRewrite Service(string from, string to) =>
        new(AddressField.Destination, IPEndPoint.Parse(from), IPEndPoint.Parse(to));

    private static string Address(bool isIpv6, int host) => isIpv6 ? $"2001:db8::{host}" : $"198.18.0.{host}";
}
