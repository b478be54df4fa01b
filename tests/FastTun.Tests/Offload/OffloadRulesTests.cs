using System.Buffers.Binary;
using FastTun.Batching;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Offload;

/// <summary>What a virtio-net header may say of a packet, and what not.</summary>
public class OffloadRulesTests
{
    private static readonly byte[] Tcp4 = new PacketBuilder { Payload = new byte[250] }.Tcp(options: new byte[12]);
    private static readonly byte[] Udp4 = new PacketBuilder { Payload = new byte[250] }.Udp();
    private static readonly PacketBuilder Six =
        new() { Source = "2001:db8::1", Destination = "2001:db8::2", Payload = new byte[250] };

    private static VirtioNetHeader Honest => Headers.Tcp4(gsoSize: 100);

    private static VirtioNetHeader HonestUdp => Headers.Udp(gsoSize: 100, l4Offset: 20);

    public static TheoryData<string, byte[], byte[]> Liars
    {
        get
        {
            var liars = new TheoryData<string, byte[], byte[]>();
            void Add(string lie, VirtioNetHeader header, byte[] packet)
            {
                byte[] bytes = new byte[VirtioNetHeader.Size];
                header.WriteTo(bytes);
                liars.Add(lie, bytes, packet);
            }

            Add("checksum starts beyond the packet", Honest with { ChecksumStart = 9999 }, Tcp4);
            Add("checksum field beyond the packet", Headers.Partial((ushort)(Tcp4.Length - 8), 7), Tcp4);
            Add("checksum field far beyond its start", Headers.Partial(24, 260), Tcp4);
            Add("checksum starts in the IP header", Headers.Partial(12, 16), Tcp4);
            Add("checksum starts behind the L4 header", Honest with { ChecksumStart = 24 }, Tcp4);
            Add("checksum field of UDP in TCP", Honest with { ChecksumOffset = 6 }, Tcp4);
            Add("checksum field of TCP in UDP", Headers.Partial(20, 16), Udp4);
            Add("segment size 0", Honest with { GsoSize = 0 }, Tcp4);
            Add("segment size reserved (GSO_BY_FRAGS)", Honest with { GsoSize = 65535 }, Tcp4);
            Add("header length beyond the packet", Honest with { HeaderLength = (ushort)(Tcp4.Length + 1) }, Tcp4);
            Add("no partial checksum", Honest with { Flags = 0 }, Tcp4);
            Add("verified, not partial", Honest with { Flags = VirtioNetHeader.DataValid }, Tcp4);
            Add("TCP over IPv6 is IPv4", Honest with { GsoType = (byte)GsoKind.Tcp6 }, Tcp4);
            Add("TCP over IPv4 is IPv6", Headers.Tcp4(gsoSize: 100, l4Offset: 40), Six.Tcp());
            Add("TCP is UDP", Honest with { ChecksumOffset = 6 }, Udp4);
            Add("UDP is TCP", HonestUdp with { ChecksumOffset = 16 }, Tcp4);
            Add("UDP with TCP's ECN", HonestUdp with { GsoType = (byte)GsoKind.Udp | VirtioNetHeader.Ecn }, Udp4);
            Add("ECN alone", Honest with { GsoType = VirtioNetHeader.Ecn }, Tcp4);
            Add("UFO", HonestUdp with { GsoType = 3 }, Udp4);
            Add("UDP tunnel over IPv4", Honest with { GsoType = (byte)GsoKind.Tcp4 | 0x20 }, Tcp4);
            Add("UDP tunnel over IPv6", Honest with { GsoType = (byte)GsoKind.Tcp4 | 0x40 }, Tcp4);
            Add("unknown type", Honest with { GsoType = 2 }, Tcp4);
            Add("receive segment coalescing", Honest with { Flags = 1 | 4 }, Tcp4);
            Add("unknown flag", new VirtioNetHeader { Flags = 0x10 }, Tcp4);
            Add("129 datagrams", HonestUdp with { GsoSize = 1 }, new PacketBuilder { Payload = new byte[129] }.Udp());
            Add("no payload", Honest, new PacketBuilder().Tcp());
            Add("bytes behind the packet's end", Honest, [.. Tcp4, 0]);
            Add("a fragment", Honest, new PacketBuilder { Payload = new byte[250], MoreFragments = true }.Tcp());
            var later = new PacketBuilder { FragmentOffset = 8, Payload = new byte[50] };
            Add("a partial checksum in a later fragment", Headers.Partial(20, 6), later.Udp());
            Add("UDP length", HonestUdp, Changed(Udp4, 25, 7));
            Add("TCP header too short", Honest, Changed(Tcp4, 32, 0x40));
            byte[] small = new PacketBuilder { Payload = new byte[9] }.Tcp();
            Add("TCP header beyond the packet", Headers.Tcp4(gsoSize: 4), Changed(small, 32, 0xF0));
            byte[] options = [0, 31, .. new byte[254]];
            PacketBuilder longer = Six with { ExtensionHeaders = [(IpProtocol.DestinationOptions, options)] };
            Add("headers too long", Headers.Tcp6(100, l4Offset: 40 + 256), longer.Tcp());
            Add("no IP packet", Honest, new byte[300]);
            Add("IP total length beyond the packet", Honest, Tcp4[..^1]);
            Add("an empty packet", Honest, []);
            return liars;
        }
    }

    [Theory]
    [MemberData(nameof(Liars))]
    public void A_header_that_lies_is_refused(string lie, byte[] header, byte[] packet)
    {
        Assert.NotEmpty(lie);
        Assert.False(OffloadRules.TryClassify(VirtioNetHeader.Read(header), packet, 0, out PacketOffload offload));
        Assert.Equal(default, offload);
    }

    [Fact]
    public void What_the_liars_were_made_of_is_accepted()
    {
        PacketOffload offload = Accepted(Honest, Tcp4);
        Assert.Equal((GsoKind.Tcp4, 52, 100), (offload.Kind, offload.HeaderLength, offload.SegmentSize));
        Assert.Equal((20, 16), (offload.ChecksumStart, offload.ChecksumOffset));
        Assert.Equal((3, 152), (offload.SegmentCount(Tcp4.Length), offload.LongestPacket(Tcp4.Length)));

        offload = Accepted(HonestUdp, Udp4);
        Assert.Equal((GsoKind.Udp, 28, 100), (offload.Kind, offload.HeaderLength, offload.SegmentSize));
        Assert.Equal((20, 6), (offload.ChecksumStart, offload.ChecksumOffset));
        Assert.Equal(GsoKind.Tcp6, Accepted(Headers.Tcp6(gsoSize: 100), Six.Tcp()).Kind);
        Assert.Equal(GsoKind.Udp, Accepted(Headers.Udp(gsoSize: 100, l4Offset: 40), Six.Udp()).Kind);
    }

    [Fact]
    public void The_header_length_is_measured_and_not_believed()
    {
        Assert.Equal(52, Accepted(Honest with { HeaderLength = 0 }, Tcp4).HeaderLength);
        Assert.Equal(52, Accepted(Honest with { HeaderLength = (ushort)Tcp4.Length }, Tcp4).HeaderLength);
    }

    [Fact]
    public void Behind_a_link_header_all_offsets_move()
    {
        byte[] frame = PacketBuilder.Ethernet(Tcp4);
        Assert.True(OffloadRules.TryClassify(Honest with { ChecksumStart = 34 }, frame, 14, out PacketOffload offload));
        Assert.Equal((66, 34), (offload.HeaderLength, offload.ChecksumStart));
        Assert.False(OffloadRules.TryClassify(Honest, frame, 14, out _));
        Assert.False(OffloadRules.TryClassify(Honest with { ChecksumStart = 34 }, frame, PacketDescriptor.None, out _));
    }

    [Fact]
    public void ECN_is_kept()
    {
        const byte type = (byte)GsoKind.Tcp4 | VirtioNetHeader.Ecn;
        PacketOffload offload = Accepted(Honest with { GsoType = type }, Tcp4);
        Assert.Equal(GsoKind.Tcp4, offload.Kind);
        Assert.Equal(type, VirtioNetHeader.For(offload).GsoType);
    }

    [Fact]
    public void One_segment_is_no_super_packet()
    {
        PacketOffload offload = Accepted(Honest with { GsoSize = 250 }, Tcp4);
        Assert.False(offload.IsSuperPacket);
        Assert.True(offload.HasPartialChecksum);
        Assert.Equal((1, Tcp4.Length), (offload.SegmentCount(Tcp4.Length), offload.LongestPacket(Tcp4.Length)));
        Assert.True(Accepted(Honest with { GsoSize = 249 }, Tcp4).IsSuperPacket);
    }

    [Fact]
    public void A_plain_packet_needs_nothing()
    {
        Assert.Equal(default, Accepted(default, Tcp4));
        var verified = new VirtioNetHeader { Flags = VirtioNetHeader.DataValid, HeaderLength = 9 };
        Assert.Equal(default, Accepted(verified, [1, 2, 3]));
    }

    [Fact]
    public void A_header_is_written_as_the_kernel_lays_it_out()
    {
        byte[] bytes = new byte[VirtioNetHeader.Size];
        VirtioNetHeader.For(Accepted(Honest, Tcp4)).WriteTo(bytes);
        Assert.Equal((1, 1), (bytes[0], bytes[1]));
        IEnumerable<int> fields = Enumerable.Range(1, 4).Select(field => (int)BitConverter.ToUInt16(bytes, field * 2));
        Assert.Equal([52, 100, 20, 16], fields);
        Assert.Equal(Honest with { HeaderLength = 52 }, VirtioNetHeader.Read(bytes));
    }

    [Fact]
    public void A_partial_checksum_is_completed_where_it_lies()
    {
        byte[] complete = Six.Udp(), packet = [.. complete];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(46), Six.PseudoHeaderSum(IpProtocol.Udp, 258));
        PacketOffload offload = Accepted(Headers.Partial(40, 6), packet);
        PartialChecksum.Complete(packet, ref offload);
        Assert.Equal(complete, packet);
        Assert.Equal(default, offload);
    }

    [Fact]
    public void A_partial_checksum_may_lie_inside_a_tunnel()
    {
        var inner = new PacketBuilder { Source = "203.0.113.1", Destination = "203.0.113.2", Payload = new byte[51] };
        byte[] complete = new PacketBuilder().Wrap(IpProtocol.Ipv4, inner.Udp()), packet = [.. complete];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(46), inner.PseudoHeaderSum(IpProtocol.Udp, 59));
        PacketOffload offload = Accepted(Headers.Partial(40, 6), packet);
        PartialChecksum.Complete(packet, ref offload);
        Assert.Equal(complete, packet);
    }

    [Fact]
    public void A_completed_checksum_is_never_0()
    {
        // The sum of the pseudo-header as payload makes everything cancel out.
        PacketBuilder builder = new() { Payload = new byte[2] };
        byte[] packet = builder.Udp();
        packet.AsSpan(26, 4).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), builder.PseudoHeaderSum(IpProtocol.Udp, 10));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(28), (ushort)~ReferenceChecksum.Sum(packet.AsSpan(20)));
        PacketOffload offload = Accepted(Headers.Partial(20, 6), packet);
        PartialChecksum.Complete(packet, ref offload);
        Assert.Equal(0xFFFF, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26)));
    }

    private static PacketOffload Accepted(VirtioNetHeader header, byte[] packet)
    {
        Assert.True(OffloadRules.TryClassify(header, packet, 0, out PacketOffload offload));
        return offload;
    }

    private static byte[] Changed(byte[] packet, int offset, byte value)
    {
        byte[] changed = [.. packet];
        changed[offset] = value;
        return changed;
    }
}
