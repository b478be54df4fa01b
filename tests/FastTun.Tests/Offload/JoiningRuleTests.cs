using System.Buffers.Binary;
using FastTun.Batching;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Offload;

/// <summary>
/// Every rule that forbids joining: three packets that would be one, of which the middle differs in one thing. What
/// does not join ends the group before it, and cutting must give back exactly what went in.
/// </summary>
public class JoiningRuleTests
{
    private static readonly PacketBuilder Four = new() { Payload = new byte[100] };
    private static readonly PacketBuilder Six = Four with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    /// <summary>A change of one IPv4 header field, or of what the field stands for.</summary>
    public static TheoryData<string, Func<PacketBuilder, PacketBuilder>> Ipv4Changes => new()
    {
        { "type of service", packet => packet with { TypeOfService = 4 } },
        { "ECN", packet => packet with { TypeOfService = 3 } },
        { "time to live", packet => packet with { TimeToLive = 63 } },
        { "don't fragment", packet => packet with { DontFragment = true } },
        { "identification", packet => packet with { Identification = 7777 } },
        { "options", packet => packet with { Options = [1, 1, 1, 0] } },
        { "first fragment", packet => packet with { MoreFragments = true } },
        { "later fragment", packet => packet with { FragmentOffset = 8 } },
    };

    public static TheoryData<string, Func<PacketBuilder, PacketBuilder>> Ipv6Changes => new()
    {
        { "traffic class", packet => packet with { TypeOfService = 4 } },
        { "hop limit", packet => packet with { TimeToLive = 63 } },
        { "hop-by-hop options", packet => packet with { ExtensionHeaders = [(IpProtocol.HopByHopOptions, new byte[8])] } },
        { "destination options", packet => packet with { ExtensionHeaders = [(IpProtocol.DestinationOptions, new byte[8])] } },
        { "fragment", packet => packet with { MoreFragments = true } },
    };

    /// <summary>Changes of a TCP segment's control bits that forbid it in the middle.</summary>
    public static TheoryData<TcpFlags> ForbiddenFlags =>
    [
        TcpFlags.None, TcpFlags.Ack | TcpFlags.Syn, TcpFlags.Ack | TcpFlags.Rst, TcpFlags.Ack | TcpFlags.Urg,
        TcpFlags.Ack | TcpFlags.Cwr, TcpFlags.Ack | TcpFlags.Ece, TcpFlags.Ack | TcpFlags.Ae,
    ];

    /// <summary>A change of header bytes, checksums made right again.</summary>
    public static TheoryData<string, int, byte> TcpBytes => new()
    {
        { "acknowledgment number", 20 + 11, 1 },
        { "window", 20 + 15, 1 },
        { "reserved bits", 20 + 12, 2 },
        { "urgent pointer", 20 + 19, 1 },
        { "option", 20 + 31, 1 },
        { "sequence number", 20 + 7, 1 },
        { "reserved IPv4 flag", 6, 0x80 },
    };

    [Theory]
    [MemberData(nameof(Ipv4Changes))]
    public void Another_IPv4_header_does_not_join(string field, Func<PacketBuilder, PacketBuilder> change)
    {
        Assert.NotEmpty(field);
        AssertMiddleStaysAlone(index => index == 1 ? change(At(Four, 1)).Udp() : At(Four, index).Udp());
        AssertMiddleStaysAlone(index => index == 1 ? change(At(Four, 1)).Tcp(sequence: 101) : Segment(Four, index));
    }

    [Theory]
    [MemberData(nameof(Ipv6Changes))]
    public void Another_IPv6_header_does_not_join(string field, Func<PacketBuilder, PacketBuilder> change)
    {
        Assert.NotEmpty(field);
        AssertMiddleStaysAlone(index => index == 1 ? change(Six).Udp() : Six.Udp());
        AssertMiddleStaysAlone(index => index == 1 ? change(Six).Tcp(sequence: 101) : Segment(Six, index));
    }

    [Fact]
    public void Another_flow_label_does_not_join() => AssertMiddleStaysAlone(index => Changed(Six.Udp(), index == 1, 3, 1));

    [Theory]
    [MemberData(nameof(ForbiddenFlags))]
    public void Segments_that_do_more_than_carry_data_do_not_join(TcpFlags flags)
    {
        AssertMiddleStaysAlone(index => Segment(Four, index, index == 1 ? flags : TcpFlags.Ack));
        AssertMiddleStaysAlone(index => Segment(Six, index, index == 1 ? flags : TcpFlags.Ack));
    }

    [Theory]
    [MemberData(nameof(TcpBytes))]
    public void Another_TCP_header_does_not_join(string field, int offset, byte change)
    {
        Assert.NotEmpty(field);
        byte[] options = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1];
        AssertMiddleStaysAlone(index =>
            Changed(At(Four, index).Tcp(sequence: (uint)(1 + (index * 100)), options: options), index == 1, offset, change));
    }

    [Fact]
    public void Header_lengths_must_agree() => AssertMiddleStaysAlone(index =>
        At(Four, index).Tcp(sequence: (uint)(1 + (index * 100)), options: index == 1 ? [1, 1, 1, 1] : null));

    [Theory]
    [InlineData(TcpFlags.Ack | TcpFlags.Psh)]
    [InlineData(TcpFlags.Ack | TcpFlags.Fin)]
    public void A_segment_that_ends_something_joins_and_nothing_behind_it(TcpFlags flags)
    {
        byte[][] packets = [Segment(Four, 0), Segment(Four, 1, flags), Segment(Four, 2)];
        Assert.Equal([2, 1], Counts(packets));
    }

    [Fact]
    public void A_short_packet_joins_and_nothing_behind_it()
    {
        PacketBuilder shorter = At(Four, 1) with { Payload = new byte[99] };
        Assert.Equal([2, 1], Counts(At(Four, 0).Udp(), shorter.Udp(), At(Four, 2).Udp()));
        Assert.Equal([2, 1], Counts(Segment(Four, 0), shorter.Tcp(sequence: 101), At(Four, 2).Tcp(sequence: 200)));
    }

    [Fact]
    public void A_longer_packet_does_not_join()
    {
        PacketBuilder longer = At(Four, 1) with { Payload = new byte[101] };
        Assert.Equal([1, 1], Counts(At(Four, 0).Udp(), longer.Udp()));
        Assert.Equal([1, 1], Counts(Segment(Four, 0), longer.Tcp(sequence: 101)));
    }

    [Fact]
    public void Without_data_nothing_joins()
    {
        PacketBuilder empty = Four with { Payload = [] };
        Assert.Equal([1, 1, 1], Counts(At(empty, 0).Udp(), At(empty, 1).Udp(), At(empty, 2).Udp()));
        Assert.Equal([1, 1, 1], Counts(At(empty, 0).Tcp(), At(empty, 1).Tcp(), At(empty, 2).Tcp()));
        Assert.Equal([1, 1, 1], Counts(Segment(Four, 0), At(empty, 1).Tcp(sequence: 101), At(Four, 2).Tcp(sequence: 101)));
    }

    [Fact]
    public void A_datagram_without_checksum_does_not_join()
    {
        AssertMiddleStaysAlone(index =>
        {
            byte[] packet = At(Four, index).Udp();
            if (index == 1)
                packet.AsSpan(26, 2).Clear();
            return packet;
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_wrong_is_not_made_right(int wrong)
    {
        int[] expected = wrong switch { 0 => [1, 2], 1 => [1, 1, 1], _ => [2, 1] };
        Func<int, byte[]>[] runs =
            [index => At(Four, index).Udp(), index => Segment(Four, index), index => Segment(Six, index)];
        foreach (Func<int, byte[]> make in runs)
        {
            byte[][] packets = [make(0), make(1), make(2)];
            packets[wrong][^1] ^= 1;
            Assert.Equal(expected, Counts(packets));
        }

        byte[][] header = [At(Four, 0).Udp(), At(Four, 1).Udp(), At(Four, 2).Udp()];
        header[wrong][10] ^= 1;
        Assert.Equal(expected, Counts(header));
    }

    [Fact]
    public void The_other_zero_of_a_TCP_checksum_does_not_join()
    {
        // The payload is chosen so that the checksum is 0; 0xFFFF verifies as well, but is not what cutting would
        // write.
        byte[][] packets = [.. Enumerable.Range(0, 3).Select(index => Segment(Four, index))];
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(packets[1].AsSpan(36));
        BinaryPrimitives.WriteUInt16BigEndian(packets[1].AsSpan(40), checksum);
        packets[1].AsSpan(36, 2).Clear();
        Assert.Equal([3], Counts(packets));
        packets[1].AsSpan(36, 2).Fill(0xFF);
        Assert.Equal([1, 1, 1], Counts(packets));
    }

    [Fact]
    public void A_super_packet_passes_alone_and_ends_its_flows_group()
    {
        byte[] super = (At(Four, 1) with { Payload = new byte[200] }).Tcp(sequence: 101);
        Assert.True(OffloadRules.TryClassify(Headers.Tcp4(gsoSize: 100), super, 0, out PacketOffload offload));
        var batch = new OffloadBatch(Segment(Four, 0));
        batch.Add(super, offload);
        batch.Add(At(Four, 3).Tcp(sequence: 301), default);
        List<Write> writes = batch.Plan();
        Assert.Equal([[0], [1], [2]], writes.Select(write => write.Members));
        Assert.Equal(new byte[] { 0, 1, 0 }, writes.Select(write => write.Header.GsoType));
    }

    [Fact]
    public void Frames_join_only_behind_equal_link_headers()
    {
        var batch = new OffloadBatch();
        for (int index = 0; index < 4; index++)
        {
            ushort vlan = index == 2 ? (ushort)5 : (ushort)4;
            batch.Add(PacketBuilder.Ethernet(At(Four, index).Udp(), vlan), default, networkOffset: 18);
        }

        Assert.Equal([2, 1, 1], batch.PlanCounts());
    }

    [Fact]
    public void Frames_that_are_not_IP_pass_between()
    {
        var batch = new OffloadBatch();
        batch.Add(PacketBuilder.Ethernet(At(Four, 0).Udp()), default, networkOffset: 14);
        batch.Add(new byte[300], default, PacketDescriptor.None);
        batch.Add(PacketBuilder.Ethernet(At(Four, 1).Udp()), default, networkOffset: 14);
        Assert.Equal([2, 1], batch.PlanCounts());
    }

    [Fact]
    public void No_super_packet_is_longer_than_an_IP_packet_can_be()
    {
        PacketBuilder big = Four with { Payload = new byte[16000] };
        Assert.Equal([4, 1], Counts([.. Enumerable.Range(0, 5).Select(index => At(big, index).Udp())]));
        big = Four with { Payload = new byte[(65535 - 28) / 3] };
        Assert.Equal([3], Counts([.. Enumerable.Range(0, 3).Select(index => At(big, index).Udp())]));
        big = Four with { Payload = new byte[((65535 - 28) / 3) + 1] };
        Assert.Equal([2, 1], Counts([.. Enumerable.Range(0, 3).Select(index => At(big, index).Udp())]));
    }

    [Fact]
    public void Identifications_that_stay_join_only_where_they_mean_nothing()
    {
        byte[] atomic = (Four with { DontFragment = true }).Udp();
        Assert.Equal([3], new OffloadBatch(atomic, atomic, atomic).PlanCounts());
        Assert.Equal([1, 1, 1], Counts(Four.Udp(), Four.Udp(), Four.Udp()));

        PacketBuilder next = Four with { DontFragment = true, Identification = 2 };
        Assert.Equal([2, 1], new OffloadBatch(atomic, atomic, next.Udp()).PlanCounts());
        Assert.Equal([2, 1], new OffloadBatch(atomic, next.Udp(), atomic).PlanCounts());
    }

    [Fact]
    public void Identifications_wrap_around()
    {
        PacketBuilder high = Four with { Identification = 65535 };
        Assert.Equal([3], Counts(At(high, 0).Udp(), At(high, 1).Udp(), At(high, 2).Udp()));
    }

    [Fact]
    public void Sequence_numbers_wrap_around() =>
        Assert.Equal([2], Counts(At(Four, 0).Tcp(sequence: uint.MaxValue - 49), At(Four, 1).Tcp(sequence: 50)));

    private static void AssertMiddleStaysAlone(Func<int, byte[]> make) =>
        Assert.Equal([1, 1, 1], Counts(make(0), make(1), make(2)));

    /// <summary>The sizes of the groups, once they have been found to become what went in.</summary>
    private static int[] Counts(params byte[][] packets)
    {
        List<Write> writes = new OffloadBatch(packets).Plan();
        Assert.Equal(packets, writes.SelectMany(write => write.Segments()));
        return [.. writes.Select(write => write.Members.Length)];
    }

    private static PacketBuilder At(PacketBuilder builder, int index) =>
        builder with { Identification = (ushort)(builder.Identification + index) };

    private static byte[] Segment(PacketBuilder builder, int index, TcpFlags flags = TcpFlags.Ack) =>
        At(builder, index).Tcp(flags, sequence: (uint)(1 + (index * builder.Payload.Length)));

    private static byte[] Changed(byte[] packet, bool change, int offset, byte bits)
    {
        if (!change)
            return packet;
        packet[offset] ^= bits;
        if (Ipv4Header.TryParse(packet, out Ipv4Header ipv4))
        {
            ipv4.UpdateChecksum();
            if (TcpHeader.TryParse(ipv4.Payload, out TcpHeader tcp))
                tcp.UpdateChecksum(ipv4.SumPseudoHeader(tcp.Length));
        }

        return packet;
    }
}
