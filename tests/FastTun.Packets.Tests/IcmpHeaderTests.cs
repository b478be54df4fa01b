using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>The ICMP and ICMPv6 views.</summary>
public class IcmpHeaderTests
{
    private static readonly PacketBuilder Four = new() { Payload = [1, 2, 3] };
    private static readonly PacketBuilder Six = Four with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    [Fact]
    public void ReadsAnEcho()
    {
        Assert.True(IcmpHeader.TryParse(Four.Echo(0x1234, 0x5678).AsSpan(20), out IcmpHeader icmp));
        Assert.Equal(IcmpType.EchoRequest, icmp.Type);
        Assert.Equal(0, icmp.Code);
        Assert.Equal(0x1234, icmp.Identifier);
        Assert.Equal(0x5678, icmp.SequenceNumber);
        Assert.Equal(0x12345678u, icmp.Parameter);
        Assert.Equal(11, icmp.Length);
        Assert.Equal(Four.Payload, icmp.Payload);
        Assert.True(icmp.VerifyChecksum());
        Assert.False(icmp.IsError);
    }

    [Fact]
    public void ReadsAnEchoOverIpv6()
    {
        Assert.True(Icmpv6Header.TryParse(Six.Echo(0x1234, 0x5678, reply: true).AsSpan(40), out Icmpv6Header icmp));
        Assert.Equal(Icmpv6Type.EchoReply, icmp.Type);
        Assert.Equal(0x1234, icmp.Identifier);
        Assert.Equal(0x5678, icmp.SequenceNumber);
        Assert.Equal(Six.Payload, icmp.Payload);
        Assert.True(icmp.VerifyChecksum(Six.PseudoHeaderSum(IpProtocol.Icmpv6, icmp.Length)));
        Assert.False(icmp.VerifyChecksum(0));
        Assert.False(icmp.IsError);
    }

    [Fact]
    public void AnswersAPingInPlace()
    {
        byte[] packet = Four.Echo(7, 9);
        Assert.True(IcmpHeader.TryParse(packet.AsSpan(20), out IcmpHeader icmp));
        icmp.Type = IcmpType.EchoReply;
        const ushort Request = (byte)IcmpType.EchoRequest << 8, Reply = (byte)IcmpType.EchoReply << 8;
        icmp.AdjustChecksum(ChecksumDelta.Of(Request, Reply));
        Assert.Equal(Four.Echo(7, 9, reply: true), packet);

        packet = Six.Echo(7, 9);
        Assert.True(Icmpv6Header.TryParse(packet.AsSpan(40), out Icmpv6Header icmp6));
        icmp6.Type = Icmpv6Type.EchoReply;
        icmp6.UpdateChecksum(Six.PseudoHeaderSum(IpProtocol.Icmpv6, icmp6.Length));
        Assert.Equal(Six.Echo(7, 9, reply: true), packet);
    }

    [Fact]
    public void WritesErrors()
    {
        byte[] packet = Four.Echo();
        Assert.True(IcmpHeader.TryParse(packet.AsSpan(20), out IcmpHeader icmp));
        icmp.Type = IcmpType.DestinationUnreachable;
        icmp.Code = 4;
        icmp.Parameter = 0;
        icmp.Mtu = 1280;
        icmp.UpdateChecksum();
        Assert.Equal(Four.Icmp(3, 4, 1280), packet);
        Assert.True(icmp.IsError);

        packet = Six.Echo();
        Assert.True(Icmpv6Header.TryParse(packet.AsSpan(40), out Icmpv6Header icmp6));
        icmp6.Type = Icmpv6Type.PacketTooBig;
        icmp6.Mtu = 70000;
        icmp6.UpdateChecksum(Six.PseudoHeaderSum(IpProtocol.Icmpv6, icmp6.Length));
        Assert.Equal(Six.Icmp(2, 0, 70000), packet);
        Assert.True(icmp6.IsError);
    }

    [Fact]
    public void EchoFieldsReadBack()
    {
        Assert.True(IcmpHeader.TryParse(new byte[8], out IcmpHeader icmp));
        Assert.True(Icmpv6Header.TryParse(new byte[8], out Icmpv6Header icmp6));
        icmp.Identifier = icmp6.Identifier = 0xABCD;
        icmp.SequenceNumber = icmp6.SequenceNumber = 0x1234;
        icmp6.Code = 3;
        Assert.Equal(0xABCD1234, icmp.Parameter);
        Assert.Equal(0xABCD1234, icmp6.Parameter);
        Assert.Equal(3, icmp6.Code);
    }

    [Fact]
    public void ErrorsAreThoseOfTheStandards()
    {
        Assert.True(IcmpHeader.TryParse(new byte[8], out IcmpHeader icmp));
        Assert.True(Icmpv6Header.TryParse(new byte[8], out Icmpv6Header icmp6));
        for (int type = 0; type <= 255; type++)
        {
            icmp.Type = (IcmpType)type;
            icmp6.Type = (Icmpv6Type)type;
            Assert.Equal(type is 3 or 4 or 5 or 11 or 12, icmp.IsError);
            Assert.Equal(type < 128, icmp6.IsError);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    public void TheHeaderMustFit(int length, bool expected)
    {
        Assert.Equal(expected, IcmpHeader.TryParse(new byte[length], out _));
        Assert.Equal(expected, Icmpv6Header.TryParse(new byte[length], out _));
    }
}
