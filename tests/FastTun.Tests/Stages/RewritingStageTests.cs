using System.Net;
using CsCheck;
using FastTun.Batching;
using FastTun.Packets;
using FastTun.Stages;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Stages;

/// <summary>Stages that change packets leave exactly the packet that would have been built so in the first place.</summary>
public class RewritingStageTests
{
    private static readonly PacketBuilder Ipv4 = new() { Payload = [1, 2, 3] };
    private static readonly PacketBuilder Ipv6 = Ipv4 with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    private static readonly Gen<PacketBuilder> Builders = Gen.Select(
        Gen.Bool, Gen.UInt, Gen.UInt, Gen.UShort, Gen.UShort, Gen.Byte[2, 255], Gen.Byte.Array[0, 64],
        (isIpv6, source, destination, sourcePort, destinationPort, timeToLive, payload) => Ipv4 with
        {
            Source = Address(isIpv6, source),
            Destination = Address(isIpv6, destination),
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            TimeToLive = timeToLive,
            Payload = payload,
        });

    private static readonly Func<PacketBuilder, byte[]>[] Kinds = [b => b.Udp(), b => b.Tcp(), b => b.Echo(), b => b.Wrap((IpProtocol)253, b.Payload)];

    [Theory]
    [InlineData(64)]
    [InlineData(1)]
    public void A_frame_that_is_not_IP_is_left_alone_wherever_in_it_an_IP_packet_stands(byte timeToLive)
    {
        byte[] hidden = (Ipv4 with { TimeToLive = timeToLive }).Udp();
        for (int place = EthernetHeader.MinLength; place <= 300; place++)
        {
            byte[] frame = [.. new byte[12], 0x88, 0xB5, .. new byte[place - EthernetHeader.MinLength], .. hidden];
            StageRun run = StageRun.OfFrame(new TimeToLiveStage(), [.. frame]);
            Assert.Equal(DropReason.None, run.Drop);
            Assert.Equal(frame, run.Bytes);
        }
    }

    [Fact]
    public void A_hop_is_taken_as_if_the_packet_had_been_built_with_one_less()
    {
        Gen.Select(Builders, Gen.Int[0, Kinds.Length - 1].Select(i => Kinds[i])).Sample((builder, build) =>
        {
            StageRun run = StageRun.Of(new TimeToLiveStage(), build(builder));
            Assert.Equal(DropReason.None, run.Drop);
            Assert.Equal(build(builder with { TimeToLive = (byte)(builder.TimeToLive - 1) }), run.Bytes);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_last_hop_is_a_drop(byte timeToLive)
    {
        Assert.Equal(DropReason.TimeToLiveExceeded, StageRun.Of(new TimeToLiveStage(), (Ipv4 with { TimeToLive = timeToLive }).Udp()).Drop);
        Assert.Equal(DropReason.TimeToLiveExceeded, StageRun.Of(new TimeToLiveStage(), (Ipv6 with { TimeToLive = timeToLive }).Udp()).Drop);
    }

    [Fact]
    public void Addresses_are_rewritten_as_if_the_packet_had_been_built_with_them()
    {
        Gen.Select(Builders, Gen.UInt, Gen.UInt, Gen.Int[0, Kinds.Length - 1].Select(i => Kinds[i])).Sample((builder, source, destination, build) =>
        {
            bool isIpv6 = builder.Source.Contains(':');
            PacketBuilder wanted = builder with { Source = Address(isIpv6, source), Destination = Address(isIpv6, destination) };
            var stage = new AddressRewriteStage(
                new AddressRewrite(AddressField.Source, IPAddress.Parse(builder.Source), IPAddress.Parse(wanted.Source)),
                new AddressRewrite(AddressField.Destination, IPAddress.Parse(builder.Destination), IPAddress.Parse(wanted.Destination)));
            SamePacket.Assert(build(wanted), StageRun.Of(stage, build(builder)).Bytes);
        });
    }

    [Fact]
    public void Networks_are_rewritten_one_to_one()
    {
        var stage = new AddressRewriteStage(
            new AddressRewrite(AddressField.Destination, IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("203.0.113.0/24")),
            new AddressRewrite(AddressField.Source, IPNetwork.Parse("2001:db8:1::/48"), IPNetwork.Parse("2001:db8:2::/48")));
        Assert.Equal(
            (Ipv4 with { Destination = "203.0.113.77" }).Udp(),
            StageRun.Of(stage, (Ipv4 with { Destination = "198.51.100.77" }).Udp()).Bytes);
        Assert.Equal(
            (Ipv6 with { Source = "2001:db8:2::abcd" }).Tcp(),
            StageRun.Of(stage, (Ipv6 with { Source = "2001:db8:1::abcd" }).Tcp()).Bytes);
        Assert.Equal(Ipv6.Tcp(), StageRun.Of(stage, Ipv6.Tcp()).Bytes);
    }

    [Fact]
    public void A_rule_for_one_port_is_for_that_port()
    {
        var stage = new AddressRewriteStage(
            new AddressRewrite(AddressField.Source, IPAddress.Parse(Ipv4.Source), IPAddress.Parse("203.0.113.9"), inputPort: 1));
        Assert.Equal(Ipv4.Udp(), StageRun.Of(stage, Ipv4.Udp(), inputPort: 0).Bytes);
        Assert.Equal((Ipv4 with { Source = "203.0.113.9" }).Udp(), StageRun.Of(stage, Ipv4.Udp(), inputPort: 1).Bytes);
    }

    [Fact]
    public void Of_a_fragmented_datagram_the_first_fragment_carries_the_checksum_of_all()
    {
        // RFC 791 section 2.3: only the first fragment has the UDP header, whose length and checksum are the whole datagram's.
        var to = new AddressRewriteStage(new AddressRewrite(AddressField.Source, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("203.0.113.9")));
        PacketBuilder whole = Ipv4 with { Payload = [.. Enumerable.Range(0, 100).Select(i => (byte)i)] };
        byte[] before = whole.Udp()[20..];
        byte[] after = (whole with { Source = "203.0.113.9" }).Udp()[20..];
        PacketBuilder first = Ipv4 with { MoreFragments = true }, later = Ipv4 with { FragmentOffset = 64 };
        Assert.Equal(
            (first with { Source = "203.0.113.9" }).Wrap(IpProtocol.Udp, after.AsSpan(0, 64)),
            StageRun.Of(to, first.Wrap(IpProtocol.Udp, before.AsSpan(0, 64))).Bytes);
        Assert.Equal(
            (later with { Source = "203.0.113.9" }).Wrap(IpProtocol.Udp, after.AsSpan(64)),
            StageRun.Of(to, later.Wrap(IpProtocol.Udp, before.AsSpan(64))).Bytes);
    }

    [Fact]
    public void A_UDP_datagram_without_a_checksum_stays_without()
    {
        byte[] packet = Ipv4.Udp();
        (packet[26], packet[27]) = (0, 0);
        var stage = new AddressRewriteStage(new AddressRewrite(AddressField.Source, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("203.0.113.9")));
        byte[] bytes = StageRun.Of(stage, packet).Bytes;
        Assert.Equal(0, bytes[26] | bytes[27]);
    }

    [Fact]
    public void A_segment_cut_off_before_its_checksum_is_dropped()
    {
        var stage = new AddressRewriteStage(new AddressRewrite(AddressField.Source, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("203.0.113.9")));
        Assert.Equal(DropReason.TooShort, StageRun.Of(stage, Ipv4.Wrap(IpProtocol.Tcp, new byte[17])).Drop);
    }

    [Fact]
    public void Networks_of_different_size_or_family_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new AddressRewrite(AddressField.Source, IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("198.51.100.0/25")));
        Assert.Throws<ArgumentException>(() => new AddressRewrite(AddressField.Source, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")));
    }

    [Fact]
    public void Ports_are_joined_in_pairs()
    {
        Assert.Equal(1, StageRun.Of(new CrossConnectStage(), Ipv4.Udp(), inputPort: 0).OutputPort);
        Assert.Equal(0, StageRun.Of(new CrossConnectStage(), Ipv4.Udp(), inputPort: 1).OutputPort);
    }

    private static string Address(bool isIpv6, uint host) => isIpv6
        ? $"2001:db8::{host >> 16:x}:{host & 0xFFFF:x}"
        : $"198.{18 + (host >> 16 & 1)}.{host >> 8 & 0xFF}.{host & 0xFF}";
}
