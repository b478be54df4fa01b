using System.Buffers.Binary;
using FastTun.Batching;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Offload;

/// <summary>
/// The kernel cuts the same super-packets, and what it makes of them is, byte for byte, what our code does.
/// </summary>
public class KernelComparisonTests
{
    private const TcpFlags Everything = TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr | TcpFlags.Ece;

    private static readonly PacketBuilder Four = new() { TypeOfService = 2, Identification = 65530, DontFragment = true };
    private static readonly PacketBuilder Six = Four with { Source = "2001:db8:1::1", Destination = "2001:db8:2::1" };

    [Theory]
    [InlineData(false, false, 5000, 1400)]
    [InlineData(false, true, 60000, 1000)]
    [InlineData(true, false, 5000, 1400)]
    [InlineData(true, true, 60000, 1000)]
    [InlineData(false, false, 100, 1)]
    [InlineData(false, true, 2001, 7)]
    [InlineData(true, true, 2000, 1000)]
    public void The_kernel_cuts_as_the_segmenter_does(bool ipv6, bool tcp, int size, int segmentSize)
    {
        byte[] data = new byte[size];
        new Random(size).NextBytes(data);
        PacketBuilder builder = (ipv6 ? Six : Four) with { Payload = data };
        byte[] options = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8];
        byte[] packet = tcp ? builder.Tcp(Everything, uint.MaxValue - 999, options: options) : builder.Udp();
        int l4Offset = ipv6 ? 40 : 20, checksumOffset = tcp ? 16 : 6;
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(l4Offset + checksumOffset),
            builder.PseudoHeaderSum(tcp ? IpProtocol.Tcp : IpProtocol.Udp, packet.Length - l4Offset));
        VirtioNetHeader claim = !tcp ? Headers.Udp((ushort)segmentSize, (ushort)l4Offset)
            : ipv6 ? Headers.Tcp6((ushort)segmentSize) : Headers.Tcp4((ushort)segmentSize);
        if (tcp)
            claim = claim with { GsoType = (byte)(claim.GsoType | VirtioNetHeader.Ecn) };

        Assert.True(OffloadRules.TryClassify(claim, packet, 0, out PacketOffload offload));
        List<byte[]> ours = Write.Cut(Routed(packet), 0, offload);
        using var router = new KernelRouter();
        Assert.Equal(ours, router.Route(VirtioNetHeader.For(offload), packet, ours.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_kernel_completes_a_checksum_as_we_do(bool ipv6)
    {
        PacketBuilder builder = (ipv6 ? Six : Four) with { Payload = [1, 2, 3] };
        byte[] packet = builder.Udp();
        int l4Offset = ipv6 ? 40 : 20;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(l4Offset + 6), builder.PseudoHeaderSum(IpProtocol.Udp, 11));
        VirtioNetHeader claim = Headers.Partial((ushort)l4Offset, 6);
        Assert.True(OffloadRules.TryClassify(claim, packet, 0, out PacketOffload offload));
        using var router = new KernelRouter();
        Assert.Equal(Write.Cut(Routed(packet), 0, offload), router.Route(claim, packet, 1));
    }

    [Fact]
    public void What_the_coalescer_joins_leaves_the_kernel_as_it_came()
    {
        PacketBuilder[] builders = [Four, Four with { SourcePort = 9, DontFragment = false }, Six, Six with { SourcePort = 9 }];
        var conversation = new Conversation(builders);
        var random = new Random(2);
        using var router = new KernelRouter();
        for (int round = 0; round < 20; round++)
        {
            byte[][] packets =
                [.. Enumerable.Range(0, PacketBatch.Capacity).Select(_ => conversation.Next(random.Next(8), 0, 0))];
            List<Write> writes = new OffloadBatch(packets).Plan();
            Assert.Equal(packets.Length, writes.Sum(write => write.Members.Length));
            Assert.InRange(writes.Count, 1, 8);
            foreach (Write write in writes)
            {
                byte[][] expected = [.. write.Members.Select(index => Routed(packets[index]))];
                Assert.Equal(expected, router.Route(write.Header, write.Bytes, expected.Length));
            }
        }
    }

    /// <summary>What a router makes of it: one hop less to live.</summary>
    private static byte[] Routed(byte[] packet)
    {
        packet = [.. packet];
        Assert.True(Ipv4Header.TryParse(packet, out Ipv4Header ipv4) ? ipv4.DecrementTimeToLive()
            : Ipv6Header.TryParse(packet, out Ipv6Header ipv6) && ipv6.DecrementHopLimit());
        return packet;
    }
}
