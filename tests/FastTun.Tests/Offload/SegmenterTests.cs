using System.Buffers.Binary;
using FastTun.Batching;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Offload;

/// <summary>Super-packets are cut into packets that are built one by one, by other code.</summary>
public class SegmenterTests
{
    private static readonly byte[] Data = [.. Enumerable.Range(0, 1000).Select(value => (byte)(value * 7))];
    private static readonly PacketBuilder Four =
        new() { Payload = Data, Options = [1, 1, 1, 0], Identification = 65535, TypeOfService = 2 };

    private static readonly PacketBuilder Six = new()
    {
        Source = "2001:db8::1",
        Destination = "2001:db8::2",
        Payload = Data,
        ExtensionHeaders = [(IpProtocol.DestinationOptions, [0, 0, 1, 4, 0, 0, 0, 0])],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TCP_counts_up_and_keeps_flags_to_the_ends(bool ipv6)
    {
        const TcpFlags all = TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr | TcpFlags.Ece;
        byte[] options = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1];
        PacketBuilder builder = ipv6 ? Six : Four;
        byte[] packet = builder.Tcp(all, sequence: uint.MaxValue - 100, options: options);
        ushort l4Offset = ipv6 ? (ushort)48 : (ushort)24;
        MakePartial(packet, l4Offset, 16, builder.PseudoHeaderSum(IpProtocol.Tcp, packet.Length - l4Offset));
        VirtioNetHeader header = ipv6 ? Headers.Tcp6(300, l4Offset) : Headers.Tcp4(300, l4Offset);

        byte[][] expected = Segments(builder, 300, (part, index) =>
        {
            TcpFlags flags = index switch
            {
                0 => all & ~(TcpFlags.Psh | TcpFlags.Fin),
                3 => all & ~TcpFlags.Cwr,
                _ => TcpFlags.Ack | TcpFlags.Ece,
            };
            return part.Tcp(flags, unchecked(uint.MaxValue - 100 + (uint)(300 * index)), options: options);
        });
        Assert.Equal(expected, Cut(header, packet));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UDP_becomes_datagrams(bool ipv6)
    {
        PacketBuilder builder = ipv6 ? Six : Four;
        byte[] packet = builder.Udp();
        ushort l4Offset = ipv6 ? (ushort)48 : (ushort)24;
        MakePartial(packet, l4Offset, 6, builder.PseudoHeaderSum(IpProtocol.Udp, packet.Length - l4Offset));
        Assert.Equal(Segments(builder, 300, (part, _) => part.Udp()), Cut(Headers.Udp(300, l4Offset), packet));
    }

    [Fact]
    public void A_datagram_whose_checksum_is_0_gets_the_other_zero()
    {
        // Each segment's checksum would be 0: two bytes of data that cancel out the rest.
        PacketBuilder one = new() { Payload = new byte[2] };
        byte[] datagram = one.Udp();
        datagram.AsSpan(26, 2).Clear();
        ushort sum = ReferenceChecksum.Sum(datagram.AsSpan(20), one.PseudoHeaderSum(IpProtocol.Udp, 10));
        byte[] data = [(byte)(~sum >> 8), (byte)~sum];
        PacketBuilder both = one with { Payload = [.. data, .. data] };
        byte[] packet = both.Udp();
        MakePartial(packet, 20, 6, both.PseudoHeaderSum(IpProtocol.Udp, 12));
        Assert.All(Cut(Headers.Udp(2, 20), packet), segment => Assert.Equal([0xFF, 0xFF], segment[26..28]));
    }

    [Fact]
    public void A_dissolved_group_is_what_went_in()
    {
        byte[][] run = CoalescerTests.Run(Four with { Options = [] }, tcp: true, 3);
        var batch = new OffloadBatch([.. run]);
        PacketGroup group = batch.Coalescer.Plan(batch.Batch, OffloadBatch.Port)[0];
        Assert.Equal(3, group.Count);
        batch.Coalescer.Dissolve(batch.Batch, group);
        for (int index = 0; index < run.Length; index++)
        {
            PacketDescriptor descriptor = batch.Batch.Descriptors[index];
            var header = VirtioNetHeader.Read(batch.Batch.Memory.AsSpan(descriptor.Offset - VirtioNetHeader.Size));
            Assert.Equal(index == 0 ? Headers.Partial(20, 16) : default, header);
            byte[] bytes = batch.Batch.Memory.AsSpan(descriptor.Offset, descriptor.Length).ToArray();
            Assert.Equal([run[index]], new Write(header, bytes, [index], 0).Segments());
        }
    }

    private static List<byte[]> Cut(VirtioNetHeader header, byte[] packet) => new Write(header, packet, [0], 0).Segments();

    private static byte[][] Segments(PacketBuilder builder, int size, Func<PacketBuilder, int, byte[]> make) =>
    [
        .. builder.Payload.Chunk(size).Select((payload, index) =>
            make(builder with { Payload = payload, Identification = (ushort)(builder.Identification + index) }, index)),
    ];

    private static void MakePartial(byte[] packet, int l4Offset, int checksumOffset, ushort pseudoHeader) =>
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(l4Offset + checksumOffset), pseudoHeader);
}
