using System.Net;
using CsCheck;
using FastTun.TestKit.Packets;
using PacketDotNet;
using PacketDotNet.Utils;

namespace FastTun.Packets.Tests;

/// <summary>Random packets, read by these views and by PacketDotNet, must say the same.</summary>
public class IndependentParserTests
{
    private static readonly Gen<IPAddress> Address4 = Gen.Byte.Array[4].Select(bytes => new IPAddress(bytes));
    private static readonly Gen<IPAddress> Address6 = Gen.Byte.Array[16].Select(bytes => new IPAddress(bytes));

    private static readonly Gen<PacketBuilder> Four = Random(Address4).Select(
        Gen.Int[0, 10],
        Gen.Bool,
        (builder, options, df) => builder with { Options = new byte[options * 4], DontFragment = df });

    private static readonly Gen<PacketBuilder> Six = Random(Address6);
    private static readonly Gen<TcpFlags> Flags = Gen.UShort[0, 0x1FF].Select(flags => (TcpFlags)flags);

    [Fact]
    public void Ipv4AndUdp() => Four.Sample(builder =>
    {
        byte[] packet = builder.Udp();
        IPv4Packet expected = new(new ByteArraySegment(packet));
        Ipv4Header actual = CheckIpv4(expected, packet);
        ushort pseudoHeader = actual.SumPseudoHeader(actual.Payload.Length);
        CheckUdp(Assert.IsType<UdpPacket>(expected.PayloadPacket), actual.Payload, pseudoHeader);
    });

    [Fact]
    public void Ipv4AndTcp() => Gen.Select(Four, Flags, Gen.UInt, Gen.Int[0, 10]).Sample((builder, flags, number, options) =>
    {
        byte[] noOperations = [.. Enumerable.Repeat((byte)1, options * 4)];
        byte[] packet = builder.Tcp(flags, number, ~number, noOperations);
        IPv4Packet expected = new(new ByteArraySegment(packet));
        Ipv4Header actual = CheckIpv4(expected, packet);
        ushort pseudoHeader = actual.SumPseudoHeader(actual.Payload.Length);
        CheckTcp(Assert.IsType<TcpPacket>(expected.PayloadPacket), actual.Payload, pseudoHeader);
    });

    [Fact]
    public void Ipv4AndIcmp() => Gen.Select(Four, Gen.UShort, Gen.UShort).Sample((builder, identifier, sequence) =>
    {
        byte[] packet = builder.Echo(identifier, sequence);
        IPv4Packet parsed = new(new ByteArraySegment(packet));
        Ipv4Header ip = CheckIpv4(parsed, packet);
        Assert.True(IcmpHeader.TryParse(ip.Payload, out IcmpHeader actual));
        var expected = Assert.IsType<IcmpV4Packet>(parsed.PayloadPacket);
        Assert.Equal(IcmpV4TypeCode.EchoRequest, expected.TypeCode);
        Assert.Equal(IcmpType.EchoRequest, actual.Type);
        Assert.Equal(expected.Id, actual.Identifier);
        Assert.Equal(expected.Sequence, actual.SequenceNumber);
        Assert.Equal(expected.Checksum, actual.Checksum);
        Assert.Equal(expected.Data, actual.Payload);
        Assert.True(actual.VerifyChecksum());
    });

    [Fact]
    public void Ipv6AndUdp() => Six.Sample(builder =>
    {
        byte[] packet = builder.Udp();
        IPv6Packet expected = new(new ByteArraySegment(packet));
        Ipv6Header actual = CheckIpv6(expected, packet);
        ushort pseudoHeader = actual.SumPseudoHeader(actual.Payload.Length);
        CheckUdp(Assert.IsType<UdpPacket>(expected.PayloadPacket), actual.Payload, pseudoHeader);
    });

    [Fact]
    public void Ipv6AndTcp() => Gen.Select(Six, Flags, Gen.UInt).Sample((builder, flags, number) =>
    {
        byte[] packet = builder.Tcp(flags, number, ~number);
        IPv6Packet expected = new(new ByteArraySegment(packet));
        Ipv6Header actual = CheckIpv6(expected, packet);
        ushort pseudoHeader = actual.SumPseudoHeader(actual.Payload.Length);
        CheckTcp(Assert.IsType<TcpPacket>(expected.PayloadPacket), actual.Payload, pseudoHeader);
    });

    [Fact]
    public void Ipv6AndIcmp() => Gen.Select(Six, Gen.UShort).Sample((builder, sequence) =>
    {
        byte[] packet = builder.Echo(7, sequence, reply: true);
        IPv6Packet parsed = new(new ByteArraySegment(packet));
        Ipv6Header ip = CheckIpv6(parsed, packet);
        Assert.True(Icmpv6Header.TryParse(ip.Payload, out Icmpv6Header actual));
        var expected = Assert.IsType<IcmpV6Packet>(parsed.PayloadPacket);
        Assert.Equal((byte)expected.Type, (byte)actual.Type);
        Assert.Equal(expected.Code, actual.Code);
        Assert.Equal(expected.Checksum, actual.Checksum);
        Assert.True(actual.VerifyChecksum(ip.SumPseudoHeader(actual.Length)));
    });

    private static Gen<PacketBuilder> Random(Gen<IPAddress> address) =>
        Gen.Select(address, address, Gen.UShort.Array[3], Gen.Byte.Array[2], Gen.Byte.Array[0, 1400]).Select(fields =>
        new PacketBuilder
        {
            Source = fields.Item1.ToString(),
            Destination = fields.Item2.ToString(),
            // At ports it knows (L2TP, Wake-on-LAN, RDP), PacketDotNet would parse the payload too, and fail at random
            // bytes.
            SourcePort = (ushort)(fields.Item3[0] | 0x8000),
            DestinationPort = (ushort)(fields.Item3[1] | 0x8000),
            Identification = fields.Item3[2],
            TimeToLive = fields.Item4[0],
            TypeOfService = fields.Item4[1],
            Payload = fields.Item5,
        });

    private static Ipv4Header CheckIpv4(IPv4Packet expected, byte[] packet)
    {
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header actual));
        Assert.Equal(expected.HeaderLength * 4, actual.HeaderLength);
        Assert.Equal(expected.TotalLength, actual.TotalLength);
        Assert.Equal(expected.TypeOfService, actual.TypeOfService);
        Assert.Equal(expected.Id, actual.Identification);
        Assert.Equal((expected.FragmentFlags & 2) != 0, actual.DontFragment);
        Assert.Equal(expected.FragmentOffset * 8, actual.FragmentOffset);
        Assert.Equal(expected.TimeToLive, actual.TimeToLive);
        Assert.Equal((byte)expected.Protocol, (byte)actual.Protocol);
        Assert.Equal(expected.SourceAddress, Addresses.Of(actual.Source));
        Assert.Equal(expected.DestinationAddress, Addresses.Of(actual.Destination));
        Assert.Equal(expected.Checksum, actual.Checksum);
        Assert.True(actual.VerifyChecksum());
        return actual;
    }

    private static Ipv6Header CheckIpv6(IPv6Packet expected, byte[] packet)
    {
        Assert.True(Ipv6Header.TryParse(packet, out Ipv6Header actual));
        Assert.Equal(expected.PayloadLength, actual.PayloadLength);
        Assert.Equal(expected.TrafficClass, actual.TrafficClass);
        Assert.Equal((uint)expected.FlowLabel, actual.FlowLabel);
        Assert.Equal(expected.HopLimit, actual.HopLimit);
        Assert.Equal((byte)expected.NextHeader, (byte)actual.NextHeader);
        Assert.Equal(expected.SourceAddress, Addresses.Of(actual.Source));
        Assert.Equal(expected.DestinationAddress, Addresses.Of(actual.Destination));
        return actual;
    }

    private static void CheckUdp(UdpPacket expected, Span<byte> payload, ushort pseudoHeader)
    {
        Assert.True(UdpHeader.TryParse(payload, out UdpHeader actual));
        Assert.Equal(expected.SourcePort, actual.SourcePort);
        Assert.Equal(expected.DestinationPort, actual.DestinationPort);
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(expected.Checksum, actual.Checksum);
        Assert.Equal(expected.ValidChecksum, actual.VerifyChecksum(pseudoHeader));
        Assert.True(actual.VerifyChecksum(pseudoHeader));
    }

    private static void CheckTcp(TcpPacket expected, Span<byte> payload, ushort pseudoHeader)
    {
        Assert.True(TcpHeader.TryParse(payload, out TcpHeader actual));
        Assert.Equal(expected.SourcePort, actual.SourcePort);
        Assert.Equal(expected.DestinationPort, actual.DestinationPort);
        Assert.Equal(expected.SequenceNumber, actual.SequenceNumber);
        Assert.Equal(expected.AcknowledgmentNumber, actual.AcknowledgmentNumber);
        Assert.Equal(expected.DataOffset * 4, actual.HeaderLength);
        Assert.Equal(expected.Flags, (ushort)actual.Flags);
        Assert.Equal(expected.WindowSize, actual.Window);
        Assert.Equal(expected.UrgentPointer, actual.UrgentPointer);
        Assert.Equal(expected.PayloadData, actual.Payload);
        Assert.Equal(expected.Checksum, actual.Checksum);
        Assert.Equal(expected.ValidChecksum, actual.VerifyChecksum(pseudoHeader));
        Assert.True(actual.VerifyChecksum(pseudoHeader));
    }
}
