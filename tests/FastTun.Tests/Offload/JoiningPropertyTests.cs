using System.Buffers.Binary;
using CsCheck;
using FastTun.Batching;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Offload;

/// <summary>
/// Whatever a batch holds: cutting what was joined gives back all that went in, byte for byte, and no flow is
/// reordered. How many packets the fuzzers try, FASTTUN_FUZZ_PACKETS says.
/// </summary>
public class JoiningPropertyTests
{
    private static readonly int FuzzBatches = FuzzPackets / PacketBatch.Capacity;

    private static int FuzzPackets =>
        int.TryParse(Environment.GetEnvironmentVariable("FASTTUN_FUZZ_PACKETS"), out int packets) ? packets : 64_000;

    private static readonly PacketBuilder[] Builders =
    [
        new(),
        new() { DontFragment = true },
        new() { Source = "192.0.2.2", TypeOfService = 2 },
        new() { Source = "2001:db8::1", Destination = "2001:db8::2" },
    ];

    /// <summary>
    /// A packet of one of a few flows: which flow, how its size departs from the usual, what is odd about it.
    /// </summary>
    private static readonly Gen<(int Flow, int Size, int Oddity)> Steps =
        Gen.Select(
            Gen.Int[0, 7],
            Gen.Frequency((8, Gen.Const(0)), (1, Gen.Int[-30, 3])),
            Gen.Frequency((12, Gen.Const(0)), (1, Gen.Int[1, 12])));

    [Fact]
    public void Joined_and_cut_is_what_went_in() => Steps.Array[1, PacketBatch.Capacity].Sample(steps =>
    {
        var conversation = new Conversation(Builders);
        byte[][] packets = [.. steps.Select(step => conversation.Next(step.Flow, step.Size, step.Oddity))];
        int[] counts = [.. Check(packets, new Coalescer()).Select(write => write.Members.Length)];
        return counts.Sum() == packets.Length;
    });

    [Fact]
    public void Plain_conversations_are_joined_as_far_as_they_can_be() => Gen.Int[0, 7].Array[1, PacketBatch.Capacity].Sample(flows =>
    {
        var conversation = new Conversation(Builders);
        byte[][] packets = [.. flows.Select(flow => conversation.Next(flow, 0, 0))];
        return Check(packets, new Coalescer()).Count == flows.Distinct().Count();
    });

    [Fact]
    public void Partial_checksums_are_joined_and_completed() => Gen.Int[0, 7].Array[2, PacketBatch.Capacity].Sample(flows =>
    {
        var conversation = new Conversation(Builders);
        var batch = new OffloadBatch();
        byte[][] packets = [.. flows.Select(flow => conversation.Next(flow, 0, 0))];
        foreach ((int index, byte[] packet) in packets.Index())
        {
            byte[] leaving = packet;
            PacketOffload offload = index % 3 == 0 ? default : MakePartial(ref leaving);
            batch.Add(leaving, offload);
        }

        List<Write> writes = batch.Plan();
        AssertSame(packets, writes);
        return writes.Count == flows.Distinct().Count();
    });

    [Fact]
    public void Mutated_packets_lose_nothing()
    {
        var random = new Random(1071);
        var coalescer = new Coalescer();
        for (int round = 0; round < FuzzBatches; round++)
        {
            var conversation = new Conversation(Builders);
            byte[][] packets = new byte[PacketBatch.Capacity][];
            for (int index = 0; index < packets.Length; index++)
            {
                int departure = random.Next(8) == 0 ? random.Next(-30, 4) : 0;
                packets[index] = conversation.Next(random.Next((round % 8) + 1), departure, 0);
                if (random.Next(4) == 0)
                    Mutate(ref packets[index], random);
            }

            Check(packets, coalescer);
        }
    }

    [Fact]
    public void Random_bytes_lose_nothing()
    {
        var random = new Random(768);
        var coalescer = new Coalescer();
        for (int round = 0; round < FuzzBatches; round++)
        {
            byte[][] packets = new byte[PacketBatch.Capacity][];
            for (int index = 0; index < packets.Length; index++)
            {
                packets[index] = new byte[random.Next(90)];
                random.NextBytes(packets[index]);
                if (packets[index].Length > 9)
                    (packets[index][0], packets[index][6], packets[index][9]) = ((byte)(random.Next(2) == 0 ? 0x45 : 0x60), 17, 6);
            }

            Check(packets, coalescer);
        }
    }

    [Fact]
    public void Random_headers_are_refused_or_cut_into_what_adds_up()
    {
        var random = new Random(1812);
        int cut = 0;
        for (int round = 0; round < FuzzBatches * PacketBatch.Capacity; round++)
        {
            byte[] packet = new Conversation(Builders).Next(random.Next(8), random.Next(-30, 200), 0);
            bool isIpv6 = packet[0] >> 4 == 6;
            int l4Offset = isIpv6 ? 40 : 20;
            ushort size = (ushort)random.Next(1, 99);
            VirtioNetHeader header = packet[isIpv6 ? 6 : 9] == 17 ? Headers.Udp(size, (ushort)l4Offset)
                : isIpv6 ? Headers.Tcp6(size) : Headers.Tcp4(size);
            byte[] bytes = new byte[VirtioNetHeader.Size];
            header.WriteTo(bytes);
            if (random.Next(2) == 0)
                Mutate(ref packet, random);
            if (random.Next(2) == 0)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));

            if (!OffloadRules.TryClassify(VirtioNetHeader.Read(bytes), packet, 0, out PacketOffload offload)
                || !offload.IsSuperPacket)
                continue;
            List<byte[]> segments = Write.Cut(packet, 0, offload);
            cut++;
            Assert.Equal(packet[offload.HeaderLength..], segments.SelectMany(segment => segment[offload.HeaderLength..]));
            Assert.All(segments, segment => Assert.True(segment.Length <= offload.LongestPacket(packet.Length)));
        }

        Assert.True(cut > FuzzBatches, "nothing was ever cut");
    }

    private static List<Write> Check(byte[][] packets, Coalescer coalescer)
    {
        List<Write> writes = new OffloadBatch(packets) { Coalescer = coalescer }.Plan();
        AssertSame(packets, writes);
        FlowOrder.AssertKept(packets, [.. writes.SelectMany(write => write.Members)]);
        return writes;
    }

    /// <summary>
    /// Byte for byte, but for one thing: atomic datagrams (DF) that all had one identification leave with
    /// identifications that count up, which RFC 6864 section 4.1 allows.
    /// </summary>
    private static void AssertSame(byte[][] packets, List<Write> writes)
    {
        Assert.Equal(Enumerable.Range(0, packets.Length), writes.SelectMany(write => write.Members).Order());
        foreach (Write write in writes)
        {
            Assert.True(write.Bytes.Length <= 65535 && write.Members.Length <= 64);
            List<byte[]> segments = write.Header == default ? [write.Bytes] : write.Segments();
            Assert.Equal(write.Members.Length, segments.Count);
            foreach ((int index, byte[] segment) in segments.Index())
            {
                byte[] packet = packets[write.Members[index]];
                if (!packet.AsSpan().SequenceEqual(segment))
                    Assert.Equal(WithIdentification(packet, packets[write.Members[0]], index), segment);
            }
        }
    }

    private static byte[] WithIdentification(byte[] packet, byte[] first, int index)
    {
        byte[] copy = [.. packet];
        Assert.True(Ipv4Header.TryParse(copy, out Ipv4Header header) && header.DontFragment);
        Assert.Equal(first[4..6], packet[4..6]);
        header.Identification = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(first.AsSpan(4)) + index);
        header.UpdateChecksum();
        return copy;
    }

    private static PacketOffload MakePartial(ref byte[] packet)
    {
        packet = [.. packet];
        int l4Offset = packet[0] >> 4 == 6 ? 40 : 20;
        IpProtocol protocol = (IpProtocol)packet[l4Offset == 40 ? 6 : 9];
        int checksumOffset = protocol == IpProtocol.Tcp ? 16 : 6, length = packet.Length - l4Offset;
        byte[] rest = [0, 0, (byte)(length >> 8), (byte)length, 0, 0, 0, (byte)protocol];
        ushort sum = ReferenceChecksum.Sum([.. packet.AsSpan(l4Offset == 40 ? 8 : 12, l4Offset == 40 ? 32 : 8), .. rest]);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(l4Offset + checksumOffset), sum);
        VirtioNetHeader header = Headers.Partial((ushort)l4Offset, (ushort)checksumOffset);
        Assert.True(OffloadRules.TryClassify(header, packet, 0, out PacketOffload offload));
        return offload;
    }

    private static void Mutate(ref byte[] packet, Random random)
    {
        if (random.Next(8) == 0)
            packet = packet[..random.Next(packet.Length + 1)];
        if (packet.Length > 0)
            packet[random.Next(Math.Min(packet.Length, 64))] ^= (byte)(1 << random.Next(8));
    }
}
