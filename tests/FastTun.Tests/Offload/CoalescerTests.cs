using FastTun.Linux.Tun;
using FastTun.Offload;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Offload;

/// <summary>What is joined, in what order it leaves, and what the super-packets look like.</summary>
public class CoalescerTests
{
    private static readonly PacketBuilder Four = new() { Payload = new byte[100], DontFragment = true };
    private static readonly PacketBuilder Six = Four with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    public static TheoryData<bool, bool> Kinds => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_run_becomes_one_super_packet_and_is_cut_into_itself(bool ipv6, bool tcp)
    {
        byte[][] run = Run(ipv6 ? Six : Four, tcp, 5);
        List<Write> writes = new OffloadBatch(run).Plan();
        Write write = Assert.Single(writes);
        Assert.Equal(tcp ? ipv6 ? (byte)GsoKind.Tcp6 : (byte)GsoKind.Tcp4 : (byte)GsoKind.Udp, write.Header.GsoType);
        Assert.Equal(100, write.Header.GsoSize);
        Assert.Equal(run, write.Segments());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_that_is_not_usable_leaves_packet_by_packet_and_the_others_joined(bool ipv6, bool tcp)
    {
        TunOffloads kind = tcp ? ipv6 ? TunOffloads.Tcp6 : TunOffloads.Tcp4 : ipv6 ? TunOffloads.Udp6 : TunOffloads.Udp4;
        byte[][] packets =
            [.. from row in Kinds from packet in Run(row.Data.Item1 ? Six : Four, row.Data.Item2, 5) select packet];
        List<Write> writes = new OffloadBatch(packets) { Usable = TunOffloads.All & ~kind }.Plan();
        Assert.Equal([1, 1, 1, 1, 1, 5, 5, 5], writes.Select(write => write.Members.Length).Order());
        Assert.Equal(
            Run(ipv6 ? Six : Four, tcp, 5),
            writes.Where(write => write.Members.Length == 1).Select(write => write.Bytes));
    }

    [Fact]
    public void Flows_that_alternate_are_joined_each_and_keep_their_order()
    {
        byte[][] left = Run(Four, tcp: false, 3), right = Run(Four with { SourcePort = 9 }, tcp: true, 3);
        List<Write> writes = new OffloadBatch(left[0], right[0], left[1], right[1], left[2], right[2]).Plan();
        Assert.Equal([[0, 2, 4], [1, 3, 5]], writes.Select(write => write.Members));
    }

    [Fact]
    public void Without_joining_every_packet_is_written_as_it_is_and_a_super_packet_whole()
    {
        byte[][] run = Run(Four, tcp: true, 3);
        var batch = new OffloadBatch(run) { Coalescer = new Coalescer { Joins = false } };
        (VirtioNetHeader header, byte[] super) = UnfinishedPackets.SuperUdp;
        Assert.True(OffloadRules.TryClassify(header, super, networkOffset: 0, out PacketOffload offload));
        batch.Add(super, offload);
        List<Write> writes = batch.Plan();
        Assert.Equal([.. run, super], writes.Select(write => write.Bytes));
        Assert.Equal([0, 0, 0, (byte)GsoKind.Udp], writes.Select(write => write.Header.GsoType));
    }

    internal static byte[][] Run(PacketBuilder builder, bool tcp, int count) =>
    [
        .. Enumerable.Range(0, count).Select(index =>
        {
            PacketBuilder one = builder with { Identification = (ushort)(builder.Identification + index) };
            return tcp ? one.Tcp(sequence: (uint)(1 + (index * builder.Payload.Length))) : one.Udp();
        }),
    ];
}
