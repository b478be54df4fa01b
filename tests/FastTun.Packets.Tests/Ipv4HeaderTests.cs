using CsCheck;
using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>The IPv4 view: what it refuses, what it reads, and that what it writes keeps the checksum right.</summary>
public class Ipv4HeaderTests
{
    private static readonly PacketBuilder Packet = new() { Options = [7, 7, 4, 0, 0, 0, 0, 0], Payload = new byte[11] };

    private delegate void Setter(Ipv4Header header, uint value);

    private delegate uint Getter(Ipv4Header header);

    [Fact]
    public void ReadsEveryField()
    {
        PacketBuilder builder = Packet with
        {
            TypeOfService = 0xB9,
            TimeToLive = 7,
            Identification = 0xBEEF,
            DontFragment = true,
        };
        byte[] packet = builder.Udp();
        Assert.True(Ipv4Header.TryParse([.. packet, 1, 2, 3], out Ipv4Header header));
        Assert.Equal(28, header.HeaderLength);
        Assert.Equal(28 + 8 + 11, header.TotalLength);
        Assert.Equal(packet, header.Packet);
        Assert.Equal(Packet.Options, header.Options);
        Assert.Equal(8 + 11, header.Payload.Length);
        Assert.Equal(0xB9, header.TypeOfService);
        Assert.Equal(0xBEEF, header.Identification);
        Assert.True(header.DontFragment);
        Assert.False(header.MoreFragments);
        Assert.Equal(0, header.FragmentOffset);
        Assert.Equal(FragmentKind.None, header.Fragment);
        Assert.Equal(7, header.TimeToLive);
        Assert.Equal(IpProtocol.Udp, header.Protocol);
        Assert.Equal(0xC0000201u, header.Source);
        Assert.Equal(0xC6336401u, header.Destination);
        Assert.True(header.VerifyChecksum());
        Assert.Equal(Packet.PseudoHeaderSum(IpProtocol.Udp, 19), header.SumPseudoHeader(19));
    }

    [Theory]
    [InlineData(0, true, FragmentKind.First)]
    [InlineData(1480, true, FragmentKind.Later)]
    [InlineData(65528, false, FragmentKind.Later)]
    [InlineData(0, false, FragmentKind.None)]
    public void ReadsFragments(int offset, bool more, FragmentKind expected)
    {
        Ipv4Header header = Parse((Packet with { FragmentOffset = offset, MoreFragments = more }).Udp());
        Assert.Equal(expected, header.Fragment);
        Assert.Equal(offset, header.FragmentOffset);
        Assert.Equal(more, header.MoreFragments);
    }

    [Theory]
    [InlineData("", ParseError.Empty)]
    [InlineData("45", ParseError.TooShort)]
    [InlineData("45000014000000004011000000000000000000", ParseError.TooShort)]
    [InlineData("6500001400000000401100000000000000000000", ParseError.BadVersion)]
    [InlineData("0500001400000000401100000000000000000000", ParseError.BadVersion)]
    [InlineData("4400001400000000401100000000000000000000", ParseError.BadHeaderLength)]
    [InlineData("4600001800000000401100000000000000000000", ParseError.BadHeaderLength)]
    [InlineData("4F00001400000000401100000000000000000000", ParseError.BadHeaderLength)]
    [InlineData("4500001300000000401100000000000000000000", ParseError.BadTotalLength)]
    [InlineData("4500001500000000401100000000000000000000", ParseError.BadTotalLength)]
    [InlineData("450000000000000040110000000000000000000000", ParseError.BadTotalLength)]
    [InlineData("460000140000000040110000000000000000000000000000", ParseError.BadTotalLength)]
    [InlineData("4500FFFF00000000401100000000000000000000", ParseError.BadTotalLength)]
    [InlineData("4500001400000000401100000000000000000000", ParseError.None)]
    public void TellsWhyNot(string hex, ParseError expected)
    {
        byte[] packet = Convert.FromHexString(hex);
        Assert.Equal(expected, Ipv4Header.Validate(packet, out _, out _));
        Assert.Equal(expected == ParseError.None, Ipv4Header.TryParse(packet, out _));
    }

    [Fact]
    public void EverySetterReadsBackAndAnUpdatedChecksumVerifies()
    {
        Check((h, v) => h.TypeOfService = (byte)v, h => h.TypeOfService, 0xFF);
        Check((h, v) => h.TotalLength = (ushort)v, h => h.TotalLength, 0xFFFF);
        Check((h, v) => h.Identification = (ushort)v, h => h.Identification, 0xFFFF);
        Check((h, v) => h.DontFragment = v != 0, h => h.DontFragment ? 1u : 0, 1);
        Check((h, v) => h.MoreFragments = v != 0, h => h.MoreFragments ? 1u : 0, 1);
        Check((h, v) => h.FragmentOffset = (int)v, h => (uint)h.FragmentOffset, 0xFFF8);
        Check((h, v) => h.TimeToLive = (byte)v, h => h.TimeToLive, 0xFF);
        Check((h, v) => h.Protocol = (IpProtocol)v, h => (uint)h.Protocol, 0xFF);
        Check((h, v) => h.Source = v, h => h.Source, uint.MaxValue);
        Check((h, v) => h.Destination = v, h => h.Destination, uint.MaxValue);

        static void Check(Setter set, Getter get, uint mask) => Gen.UInt.Select(Gen.Byte.Array[47]).Sample((value, bytes) =>
        {
            Ipv4Header header = Parse(Valid(bytes));
            byte[] others = Others(header, set);
            set(header, value & mask);
            Assert.Equal(value & mask, get(header));
            header.UpdateChecksum();
            Assert.Equal(0xFFFF, ReferenceSum(header));
            Assert.Equal(others, Others(header, set));
        });
    }

    [Fact]
    public void EveryReplacementKeepsTheChecksumRight()
    {
        Check((h, v) => h.ReplaceTypeOfService((byte)v), h => h.TypeOfService, 0xFF);
        Check((h, v) => h.ReplaceSource(v), h => h.Source, uint.MaxValue);
        Check((h, v) => h.ReplaceDestination(v), h => h.Destination, uint.MaxValue);

        static void Check(Setter set, Getter get, uint mask) => Gen.UInt.Select(Gen.Byte.Array[47]).Sample((value, bytes) =>
        {
            Ipv4Header header = Parse(Valid(bytes));
            header.UpdateChecksum();
            set(header, value & mask);
            Assert.Equal(value & mask, get(header));
            ushort adjusted = header.Checksum;
            header.UpdateChecksum();
            Assert.Equal(header.Checksum, adjusted);
        });
    }

    [Fact]
    public void ReplacedAddressesCarryOverToTheUpperLayer() => Gen.Select(Gen.UInt, Gen.UInt).Sample((source, destination) =>
    {
        Ipv4Header header = Parse(Packet.Tcp());
        Assert.True(TcpHeader.TryParse(header.Payload, out TcpHeader tcp));
        tcp.AdjustChecksum(header.ReplaceSource(source) + header.ReplaceDestination(destination));
        Assert.True(tcp.VerifyChecksum(header.SumPseudoHeader(tcp.Length)));
    });

    [Fact]
    public void EveryTimeToLiveWithEveryChecksumGoesDownByOne()
    {
        // The identification runs through all values, and with it the checksum.
        byte[] packet = Packet.Udp();
        Ipv4Header header = Parse(packet);
        for (int identification = 0; identification <= 0xFFFF; identification++)
        {
            header.Identification = (ushort)identification;
            header.TimeToLive = (byte)Math.Max(2, identification & 0xFF);
            header.UpdateChecksum();
            byte before = header.TimeToLive;
            Assert.True(header.DecrementTimeToLive());
            Assert.Equal(before - 1, header.TimeToLive);
            ushort adjusted = header.Checksum;
            header.UpdateChecksum();
            Assert.Equal(header.Checksum, adjusted);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheLastHopIsNotTaken(byte timeToLive)
    {
        byte[] packet = (Packet with { TimeToLive = timeToLive }).Udp();
        byte[] before = [.. packet];
        Assert.False(Parse(packet).DecrementTimeToLive());
        Assert.Equal(before, packet);
    }

    [Fact]
    public void LengthsWrittenAfterParsingDoNotMoveTheView()
    {
        byte[] packet = Packet.Udp();
        Ipv4Header header = Parse(packet);
        header.TotalLength = 0xFFFF;
        packet[0] = 0x4F;
        Assert.Equal(28, header.HeaderLength);
        Assert.Equal(8, header.Options.Length);
        Assert.Equal(19, header.Payload.Length);
    }

    private static Ipv4Header Parse(byte[] packet)
    {
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header header));
        return header;
    }

    // Random bytes whose lengths agree.
    private static byte[] Valid(byte[] bytes)
    {
        bytes[0] = 0x47;
        bytes[2] = 0;
        bytes[3] = (byte)bytes.Length;
        return bytes;
    }

    private static ushort ReferenceSum(Ipv4Header header) => ReferenceChecksum.Sum(header.Packet[..header.HeaderLength]);

    // The packet with the field and the checksum at zero: what the setter must leave alone.
    private static byte[] Others(Ipv4Header header, Setter set)
    {
        byte[] copy = header.Packet.ToArray();
        (copy[2], copy[3]) = (0, (byte)copy.Length);
        Ipv4Header other = Parse(copy);
        set(other, 0);
        other.Checksum = 0;
        return copy;
    }
}
