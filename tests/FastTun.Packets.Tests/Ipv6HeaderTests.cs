using CsCheck;
using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>
/// The IPv6 view: what it refuses, what it reads, how it walks extension headers, and what it writes.
/// </summary>
public class Ipv6HeaderTests
{
    private static readonly PacketBuilder Packet = new()
    {
        Source = "2001:db8::1",
        Destination = "2001:db8:1::2",
        TypeOfService = 0xB9,
        TimeToLive = 7,
        Payload = new byte[11],
    };

    private delegate void Setter(Ipv6Header header, UInt128 value);

    private delegate UInt128 Getter(Ipv6Header header);

    [Fact]
    public void ReadsEveryField()
    {
        byte[] packet = Packet.Udp();
        (packet[2], packet[3]) = (0xAB, 0xCD);
        packet[1] |= 0x0E;
        Assert.True(Ipv6Header.TryParse([.. packet, 1, 2, 3], out Ipv6Header header));
        Assert.Equal(packet, header.Packet);
        Assert.Equal(40, header.HeaderLength);
        Assert.Equal(0, header.ExtensionHeaders.Length);
        Assert.Equal(8 + 11, header.PayloadLength);
        Assert.Equal(8 + 11, header.Payload.Length);
        Assert.Equal(0xB9, header.TrafficClass);
        Assert.Equal(0xEABCDu, header.FlowLabel);
        Assert.Equal(IpProtocol.Udp, header.NextHeader);
        Assert.Equal(IpProtocol.Udp, header.Protocol);
        Assert.Equal(FragmentKind.None, header.Fragment);
        Assert.Equal(7, header.HopLimit);
        Assert.Equal(Addresses.V6("2001:db8::1"), header.Source);
        Assert.Equal(Addresses.V6("2001:db8:1::2"), header.Destination);
        Assert.Equal(Packet.PseudoHeaderSum(IpProtocol.Udp, 19), header.SumPseudoHeader(19));
    }

    [Fact]
    public void WalksEveryKindOfExtensionHeader()
    {
        (IpProtocol, byte[])[] headers =
        [
            (IpProtocol.HopByHopOptions, new byte[8]),
            (IpProtocol.DestinationOptions, [0, 1, .. new byte[14]]),
            (IpProtocol.Routing, [0, 2, .. new byte[22]]),
            (IpProtocol.Fragment, [0, 99, .. new byte[6]]), // Its second byte is reserved, and no length.
            (IpProtocol.AuthenticationHeader, [0, 4, .. new byte[22]]),
            (IpProtocol.Mobility, new byte[8]),
            (IpProtocol.Hip, new byte[8]),
            (IpProtocol.Shim6, new byte[8]),
        ];
        Assert.True(Ipv6Header.TryParse((Packet with { ExtensionHeaders = headers }).Udp(), out Ipv6Header header));
        Assert.Equal(IpProtocol.HopByHopOptions, header.NextHeader);
        Assert.Equal(IpProtocol.Udp, header.Protocol);
        Assert.Equal(8 + 16 + 24 + 8 + 24 + 8 + 8 + 8, header.ExtensionHeaders.Length);
        Assert.Equal(40 + header.ExtensionHeaders.Length, header.HeaderLength);
        Assert.Equal(8 + 11, header.Payload.Length);
        Assert.Equal(FragmentKind.None, header.Fragment);
    }

    [Theory]
    [InlineData(8, ParseError.None)]
    [InlineData(9, ParseError.ExtensionHeaderChain)]
    [InlineData(8000, ParseError.ExtensionHeaderChain)]
    public void EndlessChainsAreRefused(int count, ParseError expected)
    {
        (IpProtocol, byte[])[] headers = [.. Enumerable.Repeat((IpProtocol.DestinationOptions, new byte[8]), count)];
        byte[] packet = (Packet with { ExtensionHeaders = headers, Payload = [] }).Udp();
        Assert.Equal(expected, Ipv6Header.Validate(packet, out _, out _));
    }

    [Theory]
    [InlineData(IpProtocol.NoNextHeader)]
    [InlineData(IpProtocol.Esp)]
    [InlineData((IpProtocol)253)]
    public void TheWalkEndsWhereNothingCanBeRead(IpProtocol protocol)
    {
        PacketBuilder builder = Packet with { ExtensionHeaders = [(IpProtocol.HopByHopOptions, new byte[8])] };
        byte[] packet = builder.Wrap(protocol, new byte[3]);
        Assert.True(Ipv6Header.TryParse(packet, out Ipv6Header header));
        Assert.Equal(protocol, header.Protocol);
        Assert.Equal(3, header.Payload.Length);
    }

    [Theory]
    [InlineData(0, true, FragmentKind.First)]
    [InlineData(1448, true, FragmentKind.Later)]
    [InlineData(65528, false, FragmentKind.Later)]
    public void ReadsFragments(int offset, bool more, FragmentKind expected)
    {
        byte[] packet = (Packet with { FragmentOffset = offset, MoreFragments = more }).Udp();
        Assert.True(Ipv6Header.TryParse(packet, out Ipv6Header header));
        Assert.Equal(expected, header.Fragment);
        Assert.Equal(offset, header.FragmentOffset);
        Assert.Equal(more, header.MoreFragments);
        Assert.Equal(48, header.HeaderLength);
    }

    [Fact]
    public void BehindALaterFragmentNothingIsWalked()
    {
        // The data looks like an extension header that runs far past the end.
        byte[] packet = (Packet with { FragmentOffset = 8 }).Wrap(IpProtocol.DestinationOptions, [6, 255, 0, 0]);
        Assert.True(Ipv6Header.TryParse(packet, out Ipv6Header later));
        Assert.Equal(IpProtocol.DestinationOptions, later.Protocol);
        Assert.Equal(4, later.Payload.Length);

        byte[] first = (Packet with { MoreFragments = true }).Wrap(IpProtocol.DestinationOptions, [6, 255, 0, 0]);
        Assert.Equal(ParseError.ExtensionHeaderChain, Ipv6Header.Validate(first, out _, out _));
    }

    [Theory]
    [InlineData(0, ParseError.Empty)]
    [InlineData(1, ParseError.TooShort)]
    [InlineData(39, ParseError.TooShort)]
    [InlineData(40, ParseError.BadTotalLength)]
    [InlineData(58, ParseError.BadTotalLength)]
    [InlineData(59, ParseError.None)]
    public void TruncatedPacketsAreRefused(int length, ParseError expected) =>
        Assert.Equal(expected, Ipv6Header.Validate(Packet.Udp().AsSpan(0, length), out _, out _));

    [Fact]
    public void OtherVersionsAreRefused()
    {
        byte[] packet = Packet.Udp();
        for (int version = 0; version < 16; version++)
        {
            packet[0] = (byte)(version << 4);
            ParseError expected = version == 6 ? ParseError.None : ParseError.BadVersion;
            Assert.Equal(expected, Ipv6Header.Validate(packet, out _, out _));
        }
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 17, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 17, 1, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 17, 255, 0, 0, 0, 0, 0, 0 })]
    public void ExtensionHeadersPastTheEndAreRefused(byte[] options)
    {
        byte[] packet = Packet.Wrap(IpProtocol.DestinationOptions, options);
        Assert.Equal(ParseError.ExtensionHeaderChain, Ipv6Header.Validate(packet, out _, out _));
        Assert.False(Ipv6Header.TryParse([.. packet, .. new byte[4096]], out _));
    }

    [Fact]
    public void EverySetterReadsBackAndTouchesNothingElse()
    {
        Check((h, v) => h.TrafficClass = (byte)v, h => h.TrafficClass, 0xFF);
        Check((h, v) => h.FlowLabel = (uint)v, h => h.FlowLabel, 0xFFFFF);
        Check((h, v) => h.PayloadLength = (ushort)v, h => h.PayloadLength, 0xFFFF);
        Check((h, v) => h.NextHeader = (IpProtocol)(byte)v, h => (byte)h.NextHeader, 0xFF);
        Check((h, v) => h.HopLimit = (byte)v, h => h.HopLimit, 0xFF);
        Check((h, v) => h.Source = v, h => h.Source, UInt128.MaxValue);
        Check((h, v) => h.Destination = v, h => h.Destination, UInt128.MaxValue);
        Check((h, v) => h.ReplaceSource(v), h => h.Source, UInt128.MaxValue);
        Check((h, v) => h.ReplaceDestination(v), h => h.Destination, UInt128.MaxValue);

        static void Check(Setter set, Getter get, UInt128 mask) => Gen.Select(Gen.ULong, Gen.ULong).Sample((upper, lower) =>
        {
            UInt128 value = new UInt128(upper, lower) & mask;
            byte[] packet = Packet.Udp();
            Assert.True(Ipv6Header.TryParse(packet, out Ipv6Header header));
            UInt128 before = get(header);
            set(header, value);
            Assert.Equal(value, get(header));
            set(header, before);
            Assert.Equal(Packet.Udp(), packet);
        });
    }

    [Fact]
    public void ReplacedAddressesCarryOverToTheUpperLayer() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong).Sample((a, b, c, d) =>
        {
            Assert.True(Ipv6Header.TryParse(Packet.Echo(), out Ipv6Header header));
            Assert.True(Icmpv6Header.TryParse(header.Payload, out Icmpv6Header icmp));
            icmp.AdjustChecksum(header.ReplaceSource(new UInt128(a, b)) + header.ReplaceDestination(new UInt128(c, d)));
            Assert.True(icmp.VerifyChecksum(header.SumPseudoHeader(icmp.Length)));
        });

    [Fact]
    public void HopLimitsGoDownByOneButNotToZero()
    {
        for (int hopLimit = 0; hopLimit <= 255; hopLimit++)
        {
            Assert.True(Ipv6Header.TryParse((Packet with { TimeToLive = (byte)hopLimit }).Udp(), out Ipv6Header header));
            Assert.Equal(hopLimit > 1, header.DecrementHopLimit());
            Assert.Equal(hopLimit > 1 ? hopLimit - 1 : hopLimit, header.HopLimit);
        }
    }
}
