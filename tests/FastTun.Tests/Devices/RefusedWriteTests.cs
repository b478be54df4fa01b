using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FastTun.Batching;
using FastTun.Linux.Tun;
using FastTun.Offload;
using FastTun.Packets;
using FastTun.Queues;
using FastTun.TestKit;
using FastTun.TestKit.Packets;
using FastTun.Tests.Offload;

namespace FastTun.Tests.Devices;

/// <summary>
/// A kernel that refuses super-packets while a device is open (a filter before its writes does it): what was to leave
/// leaves in parts, and soon nobody asks any more.
/// </summary>
public sealed class RefusedWriteTests : IDisposable
{
    private const int Invalid = 22, LongerThanASegment = 2000;
    private const int Tolerated = DeviceOffloads.ToleratedRefusals, Segments = UnfinishedPackets.Segments, Joined = 5;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly uint Write = IsArm ? 64u : 1u, WriteVector = IsArm ? 66u : 20u;

    private readonly PrivateNetwork _host = PrivateNetwork.Create();
    private readonly TunDevice _device;
    private readonly List<TunOffloads> _told = [];
    private readonly DeviceOffloads _offloads;
    private readonly TunOffloadQueue[] _queues;

    public RefusedWriteTests()
    {
        _device = TunDevice.Open(new TunDeviceOptions
        {
            Name = "ta",
            QueueCount = 2,
            Up = true,
            Offloads = TunOffloads.All,
            Namespace = _host.Namespace,
        });
        _offloads = new DeviceOffloads(TunOffloads.All) { SwitchedOff = _told.Add };
        _queues = [.. _device.Queues.Select(queue => new TunOffloadQueue(queue, _offloads))];
    }

    /// <summary>Kinds, and the place of a packet of each among <see cref="UnfinishedPackets.Honest"/>.</summary>
    public static TheoryData<TunOffloads, int> Kinds => new()
    {
        { TunOffloads.Udp4, 0 },
        { TunOffloads.Udp6, 1 },
        { TunOffloads.Tcp4, 2 },
        { TunOffloads.Tcp6, 3 },
    };

    public void Dispose()
    {
        _device.Dispose();
        _host.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Super_packets_leave_in_segments_and_soon_unasked(TunOffloads kind, int place)
    {
        Refusing(Write, () =>
        {
            for (int refusal = 1; refusal <= Tolerated; refusal++)
                Assert.Equal((1 + Segments, 0), Send(_queues[0], SuperPacket(place)));
            Assert.Equal((Segments, 0), Send(_queues[0], SuperPacket(place)));
            Assert.Equal((Segments, 0), Send(_queues[1], SuperPacket(place)));
        }, LongerThanASegment);
        AssertSwitchedOff(kind, (Tolerated + 2) * Segments);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_joined_leaves_one_by_one_and_is_soon_joined_no_more(TunOffloads kind, int place)
    {
        Refusing(WriteVector, () =>
        {
            for (int refusal = 1; refusal <= Tolerated; refusal++)
                Assert.Equal((1 + Joined, 0), Send(_queues[1], Run(place)));
            Assert.Equal((Joined, 0), Send(_queues[1], Run(place)));
            Assert.Equal((Joined, 0), Send(_queues[0], Run(place)));
        });
        AssertSwitchedOff(kind, (Tolerated + 2) * Joined);

        // The other kinds are joined as ever.
        Assert.Equal((1, 0), Send(_queues[0], Run((place + 1) % Kinds.Count)));
    }

    [Fact]
    public void What_contradicts_itself_is_dropped_and_blamed_on_nobody()
    {
        Refusing(Write, () =>
        {
            for (int refusal = 0; refusal < 2 * Tolerated; refusal++)
            {
                OffloadBatch batch = SuperPacket(0);

                // As a faulty stage may: another protocol.
                batch.Batch.Memory[batch.Batch.Descriptors[0].Offset + 9] = (byte)IpProtocol.Tcp;
                Assert.Equal((1, 1), Send(_queues[0], batch));
            }
        }, LongerThanASegment);
        AssertNobodyIsBlamed();
    }

    [Fact]
    public void More_datagrams_than_every_kernel_takes_are_sent_and_blamed_on_nobody()
    {
        Refusing(Write, () =>
        {
            for (int refusal = 0; refusal < 2 * Tolerated; refusal++)
                Assert.Equal((1 + 85, 0), Send(_queues[0], SuperPacket(0, segmentSize: 100)));
        }, LongerThanASegment);
        AssertNobodyIsBlamed();
    }

    [Fact]
    public void What_is_refused_in_parts_too_is_dropped_and_blamed_on_nobody()
    {
        Refusing(WriteVector, () => Refusing(Write, () =>
        {
            for (int refusal = 0; refusal < 2 * Tolerated; refusal++)
                Assert.Equal((1 + Joined, Joined), Send(_queues[0], Run(0)));
        }));
        AssertNobodyIsBlamed();
    }

    [Fact]
    public void Without_partial_checksums_all_is_finished_before_it_leaves()
    {
        var queue = new TunOffloadQueue(_device.Queues[0], new DeviceOffloads(TunOffloads.None));
        OffloadBatch batch = SuperPacket(0);
        byte[] udp = new PacketBuilder { Payload = [1, 2, 3] }.Udp();
        byte[] partial = [.. udp];
        ushort sum = new PacketBuilder().PseudoHeaderSum(IpProtocol.Udp, 11);
        BinaryPrimitives.WriteUInt16BigEndian(partial.AsSpan(26), sum);
        Assert.True(OffloadRules.TryClassify(Headers.Partial(20, 6), partial, 0, out PacketOffload offload));
        batch.Add(partial, offload);
        Assert.Equal((Segments + 1, 0), Send(queue, batch));
        Assert.Equal(udp, batch.Batch.Memory.AsSpan(batch.Batch.Descriptors[1].Offset, udp.Length));
    }

    [Theory]
    [InlineData(TunOffloads.All)]
    [InlineData(TunOffloads.Checksum)]
    [InlineData(TunOffloads.None)]
    public void Ten_thousand_batches_allocate_nothing(TunOffloads usable)
    {
        var queue = new TunOffloadQueue(_device.Queues[0], new DeviceOffloads(usable));
        OffloadBatch batch = SuperPacket(2);
        for (int round = 0; round < 100; round++)
            queue.Transmit(batch.Batch, OffloadBatch.Port);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 10_000; round++)
            queue.Transmit(batch.Batch, OffloadBatch.Port);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Refusing(uint systemCall, Action work, uint? above = null) =>
        Seccomp.Run(systemCall, Invalid, work, above);

    private static OffloadBatch SuperPacket(int place, ushort segmentSize = UnfinishedPackets.SegmentSize)
    {
        (VirtioNetHeader header, byte[] packet) = UnfinishedPackets.Honest[place];
        var batch = new OffloadBatch();
        Assert.True(OffloadRules.TryClassify(header with { GsoSize = segmentSize }, packet, 0, out PacketOffload offload));
        batch.Add(packet, offload);
        return batch;
    }

    /// <summary>Segments of a flow that can be joined.</summary>
    private static OffloadBatch Run(int place)
    {
        (VirtioNetHeader header, byte[] packet) = UnfinishedPackets.Honest[place];
        Assert.True(OffloadRules.TryClassify(header, packet, 0, out PacketOffload offload));
        return new OffloadBatch(Tests.Offload.Write.Cut(packet, 0, offload).Take(Joined));
    }

    /// <summary>Sends a batch; how many system calls it took, and how many packets were dropped.</summary>
    private static (long SystemCalls, int Dropped) Send(TunOffloadQueue queue, OffloadBatch batch)
    {
        long before = queue.SystemCalls;
        queue.Transmit(batch.Batch, OffloadBatch.Port);
        int dropped = 0;
        foreach (ref PacketDescriptor packet in batch.Batch.Descriptors)
            dropped += packet.Drop == DropReason.OutputRejected ? 1 : 0;
        return (queue.SystemCalls - before, dropped);
    }

    private void AssertSwitchedOff(TunOffloads kind, int packets)
    {
        Assert.Equal([kind], _told);
        Assert.Equal(TunOffloads.All & ~kind, _offloads.Usable);
        Assert.Equal(new Dictionary<TunOffloads, long> { [kind] = Tolerated }, _offloads.Refused);
        Assert.Equal(packets, (int)_device.Statistics.ReceivedPackets);
        Assert.Equal(TunOffloads.All, _device.Offloads);
    }

    private void AssertNobodyIsBlamed()
    {
        Assert.Empty(_told);
        Assert.Empty(_offloads.Refused);
        Assert.Equal(TunOffloads.All, _offloads.Usable);
    }
}
