using CsCheck;
using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>
/// The TCP and UDP views: what they refuse, what they read, and that what they write keeps the checksum right.
/// </summary>
public class TransportHeaderTests
{
    private static readonly PacketBuilder Packet = new() { Payload = [1, 2, 3, 4, 5] };

    private delegate void TcpSetter(TcpHeader header, uint value);

    private delegate uint TcpGetter(TcpHeader header);

    private delegate void UdpSetter(UdpHeader header, ushort value);

    private delegate ushort UdpGetter(UdpHeader header);

    [Fact]
    public void TcpReadsEveryField()
    {
        byte[] options = [2, 4, 5, 180, 1, 1, 1, 0];
        TcpHeader tcp = ParseTcp(Packet.Tcp(TcpFlags.Syn | TcpFlags.Cwr | TcpFlags.Ae, 0xDEADBEEF, 0x01020304, options));
        Assert.Equal(28 + 5, tcp.Length);
        Assert.Equal(28, tcp.HeaderLength);
        Assert.Equal(options, tcp.Options);
        Assert.Equal(Packet.Payload, tcp.Payload);
        Assert.Equal(1024, tcp.SourcePort);
        Assert.Equal(2048, tcp.DestinationPort);
        Assert.Equal(0xDEADBEEF, tcp.SequenceNumber);
        Assert.Equal(0x01020304u, tcp.AcknowledgmentNumber);
        Assert.Equal(TcpFlags.Syn | TcpFlags.Cwr | TcpFlags.Ae, tcp.Flags);
        Assert.Equal(64240, tcp.Window);
        Assert.Equal(0, tcp.UrgentPointer);
        Assert.True(tcp.VerifyChecksum(PseudoHeader(IpProtocol.Tcp, tcp.Length)));
        tcp.Payload[4] ^= 1;
        Assert.False(tcp.VerifyChecksum(PseudoHeader(IpProtocol.Tcp, tcp.Length)));
    }

    [Theory]
    [InlineData(0, 0x50, false)]
    [InlineData(1, 0x50, false)]
    [InlineData(19, 0x50, false)]
    [InlineData(20, 0x50, true)]
    [InlineData(20, 0x40, false)]
    [InlineData(20, 0x00, false)]
    [InlineData(20, 0x60, false)]
    [InlineData(59, 0xF0, false)]
    [InlineData(60, 0xF0, true)]
    public void TcpLengthsMustAgree(int length, byte dataOffset, bool expected)
    {
        byte[] segment = new byte[length];
        if (length > 12)
            segment[12] = dataOffset;
        Assert.Equal(expected, TcpHeader.TryParse(segment, out _));
    }

    [Theory]
    [InlineData(0, 8, false)]
    [InlineData(7, 8, false)]
    [InlineData(8, 8, true)]
    [InlineData(8, 7, false)]
    [InlineData(8, 0, false)]
    [InlineData(8, 9, false)]
    [InlineData(8, 0xFFFF, false)]
    [InlineData(100, 99, true)]
    public void UdpLengthsMustAgree(int length, ushort udpLength, bool expected)
    {
        byte[] payload = new byte[length];
        if (length > 5)
            (payload[4], payload[5]) = ((byte)(udpLength >> 8), (byte)udpLength);
        Assert.Equal(expected, UdpHeader.TryParse(payload, out UdpHeader udp));
        if (expected)
            Assert.Equal(udpLength - 8, udp.Payload.Length);
    }

    [Fact]
    public void UdpReadsEveryField()
    {
        UdpHeader udp = ParseUdp(Packet.Udp());
        Assert.Equal(1024, udp.SourcePort);
        Assert.Equal(2048, udp.DestinationPort);
        Assert.Equal(13, udp.Length);
        Assert.Equal(Packet.Payload, udp.Payload);
        Assert.True(udp.HasChecksum);
        Assert.True(udp.VerifyChecksum(PseudoHeader(IpProtocol.Udp, udp.Length)));
        udp.Payload[0] ^= 1;
        Assert.False(udp.VerifyChecksum(PseudoHeader(IpProtocol.Udp, udp.Length)));
        udp.Checksum = 0;
        Assert.False(udp.HasChecksum);
        Assert.True(udp.VerifyChecksum(PseudoHeader(IpProtocol.Udp, udp.Length)));
    }

    [Fact]
    public void UdpSendsAComputedZeroAsOnes()
    {
        // With this payload word the sum is all ones, so that its complement is zero.
        UdpHeader udp = ParseUdp((Packet with { Payload = [0, 0] }).Udp());
        (udp.Payload[0], udp.Payload[1]) = ((byte)(udp.Checksum >> 8), (byte)udp.Checksum);
        udp.UpdateChecksum(PseudoHeader(IpProtocol.Udp, 10));
        Assert.Equal(0xFFFF, udp.Checksum);
        Assert.True(udp.VerifyChecksum(PseudoHeader(IpProtocol.Udp, 10)));
    }

    [Fact]
    public void EveryTcpSetterReadsBackAndAnUpdatedChecksumVerifies()
    {
        Check((h, v) => h.SourcePort = (ushort)v, h => h.SourcePort, 0xFFFF);
        Check((h, v) => h.DestinationPort = (ushort)v, h => h.DestinationPort, 0xFFFF);
        Check((h, v) => h.SequenceNumber = v, h => h.SequenceNumber, uint.MaxValue);
        Check((h, v) => h.AcknowledgmentNumber = v, h => h.AcknowledgmentNumber, uint.MaxValue);
        Check((h, v) => h.Flags = (TcpFlags)v, h => (uint)h.Flags, 0x1FF);
        Check((h, v) => h.Window = (ushort)v, h => h.Window, 0xFFFF);
        Check((h, v) => h.UrgentPointer = (ushort)v, h => h.UrgentPointer, 0xFFFF);

        static void Check(TcpSetter set, TcpGetter get, uint mask) => Gen.UInt.Sample(value =>
        {
            byte[] packet = Packet.Tcp();
            TcpHeader tcp = ParseTcp(packet);
            uint before = get(tcp);
            set(tcp, value & mask);
            Assert.Equal(value & mask, get(tcp));
            tcp.UpdateChecksum(PseudoHeader(IpProtocol.Tcp, tcp.Length));
            Assert.Equal(0xFFFF, ReferenceChecksum.Sum(packet.AsSpan(20), PseudoHeader(IpProtocol.Tcp, tcp.Length)));
            set(tcp, before);
            tcp.UpdateChecksum(PseudoHeader(IpProtocol.Tcp, tcp.Length));
            Assert.Equal(Packet.Tcp(), packet);
        });
    }

    [Fact]
    public void EveryUdpSetterReadsBackAndAnUpdatedChecksumVerifies()
    {
        Check((h, v) => h.SourcePort = v, h => h.SourcePort);
        Check((h, v) => h.DestinationPort = v, h => h.DestinationPort);
        Check((h, v) => h.Length = v, h => h.Length);

        static void Check(UdpSetter set, UdpGetter get) => Gen.UShort.Sample(value =>
        {
            byte[] packet = Packet.Udp();
            UdpHeader udp = ParseUdp(packet);
            ushort before = get(udp);
            set(udp, value);
            Assert.Equal(value, get(udp));
            udp.UpdateChecksum(PseudoHeader(IpProtocol.Udp, 13));
            Assert.Equal(0xFFFF, ReferenceChecksum.Sum(packet.AsSpan(20), PseudoHeader(IpProtocol.Udp, 13)));
            set(udp, before);
            udp.UpdateChecksum(PseudoHeader(IpProtocol.Udp, 13));
            Assert.Equal(Packet.Udp(), packet);
        });
    }

    [Fact]
    public void ReplacedPortsKeepTheChecksumRight() => Gen.Select(Gen.UShort, Gen.UShort).Sample((source, destination) =>
    {
        PacketBuilder expected = Packet with { SourcePort = source, DestinationPort = destination };

        byte[] segment = Packet.Tcp();
        TcpHeader tcp = ParseTcp(segment);
        tcp.ReplaceSourcePort(source);
        tcp.ReplaceDestinationPort(destination);
        Assert.Equal(expected.Tcp(), segment);

        byte[] datagram = Packet.Udp();
        UdpHeader udp = ParseUdp(datagram);
        udp.ReplaceSourcePort(source);
        udp.ReplaceDestinationPort(destination);
        Assert.Equal(expected.Udp(), datagram);

        udp.Checksum = 0;
        udp.ReplaceSourcePort(1);
        Assert.False(udp.HasChecksum);
    });

    [Fact]
    public void PartialChecksumsFollowTheAddressesOnly() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UShort).Sample(CheckPartialChecksum);

    [Fact]
    public void UdpPartialChecksumsFollowTheAddresses()
    {
        byte[] packet = Packet.Udp();
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ip));
        UdpHeader udp = ParseUdp(packet);
        udp.Checksum = PseudoHeader(IpProtocol.Udp, udp.Length);
        udp.AdjustPartialChecksum(ip.ReplaceDestination(Addresses.V4("203.0.113.9")));
        Assert.Equal(ip.SumPseudoHeader(udp.Length), udp.Checksum);
    }

    private static ushort PseudoHeader(IpProtocol protocol, int length) => Packet.PseudoHeaderSum(protocol, length);

    private static TcpHeader ParseTcp(byte[] packet)
    {
        Assert.True(TcpHeader.TryParse(packet.AsSpan(20), out TcpHeader tcp));
        return tcp;
    }

    private static UdpHeader ParseUdp(byte[] packet)
    {
        Assert.True(UdpHeader.TryParse(packet.AsSpan(20), out UdpHeader udp));
        return udp;
    }

    private static void CheckPartialChecksum(uint source, uint destination, ushort port)
    {
        byte[] packet = Packet.Tcp();
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ip));
        TcpHeader tcp = ParseTcp(packet);
        tcp.Checksum = PseudoHeader(IpProtocol.Tcp, tcp.Length);
        tcp.AdjustPartialChecksum(ip.ReplaceSource(source) + ip.ReplaceDestination(destination));
        tcp.SourcePort = port;
        Assert.Equal(ip.SumPseudoHeader(tcp.Length), tcp.Checksum);

        // Who completes it sums from the transport header on, field included, and complements (virtio 1.2 section
        // 5.1.6.2).
        tcp.Checksum = ReferenceChecksum.Compute(packet.AsSpan(20));
        Assert.True(tcp.VerifyChecksum(ip.SumPseudoHeader(tcp.Length)));
    }
}
