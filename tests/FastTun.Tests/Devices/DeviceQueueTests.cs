using FastTun.Batching;
using FastTun.Linux.Tun;
using FastTun.Offload;
using FastTun.Queues;
using FastTun.Tests.Offload;

namespace FastTun.Tests.Devices;

/// <summary>The queue of a real device, by a system call a packet and by one a batch, with offloads and without.</summary>
public class DeviceQueueTests
{
    public static TheoryData<QueueIo, bool> All => new()
    {
        { QueueIo.Epoll, false },
        { QueueIo.Epoll, true },
        { QueueIo.IoUring, false },
        { QueueIo.IoUring, true },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void All_that_waits_is_received_in_order_and_no_packet_twice(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        var numbers = new List<int>();
        int largest = 0;
        for (int burst = 0; burst < 5; burst++)
        {
            host.Send(burst * 100, 100);
            while (numbers.Count < (burst + 1) * 100)
            {
                host.Receive();
                numbers.AddRange(host.Received);
                largest = Math.Max(largest, host.Batch.Count);
            }
        }

        Assert.Equal(Enumerable.Range(0, 500), numbers);
        Assert.InRange(largest, 32, PacketBatch.Capacity);
        Assert.Equal(QueueStatus.Drained, host.Receive());
        Assert.Equal(0, host.Batch.Count);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Batches_of_every_size_leave_in_order(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        for (int size = 1; size <= PacketBatch.Capacity; size++)
        {
            host.Prepare(100 * size, size);
            Assert.All(host.Transmit(), reason => Assert.Equal(DropReason.None, reason));
            Assert.Equal(Enumerable.Range(100 * size, size), host.Arrived(size));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Packets_that_come_one_by_one_cost_little_more_than_a_read_each(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        host.Receive();
        long before = host.Queue.SystemCalls;
        for (int number = 0; number < 90; number++)
        {
            host.Send(number, 1);
            Assert.Equal(QueueStatus.Drained, host.Receive());
            Assert.Equal([number], host.Received);
        }

        Assert.InRange(host.Queue.SystemCalls - before, 90, 105);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_ring_moves_a_batch_in_one_system_call(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        host.Send(0, 200);
        host.Receive();
        long before = host.Queue.SystemCalls;
        host.Receive();
        Assert.Equal(PacketBatch.Capacity, host.Batch.Count);
        Assert.Equal(io == QueueIo.IoUring ? 1 : 64, host.Queue.SystemCalls - before);

        host.Prepare(0, PacketBatch.Capacity);
        before = host.Queue.SystemCalls;
        host.Transmit();
        Assert.Equal(io == QueueIo.IoUring ? 1 : 64, host.Queue.SystemCalls - before);
        host.Arrived(PacketBatch.Capacity);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_the_kernel_refuses_is_dropped_and_what_is_behind_it_leaves(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        host.Prepare(0, 10);
        host.Batch.Memory[host.Batch.Descriptors[3].Offset] = 0x05;
        host.Batch.Memory[host.Batch.Descriptors[9].Offset] = 0x05;
        DropReason[] reasons = host.Transmit();
        Assert.Equal([3, 9], Enumerable.Range(0, 10).Where(index => reasons[index] == DropReason.OutputRejected));
        Assert.Equal([0, 1, 2, 4, 5, 6, 7, 8], host.Arrived(8));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_device_that_is_down_drops_and_one_that_is_up_again_does_not(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        host.Device.Down();
        host.Prepare(0, 20);
        Assert.All(host.Transmit(), reason => Assert.Equal(DropReason.OutputDown, reason));
        host.Device.Up();
        host.Prepare(0, 20);
        Assert.All(host.Transmit(), reason => Assert.Equal(DropReason.None, reason));
        Assert.Equal(Enumerable.Range(0, 20), host.Arrived(20));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_device_that_is_gone_closes_its_queue(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        host.Send(0, 100);
        host.Receive();
        host.DeleteDevice();
        Assert.Equal(QueueStatus.Closed, host.Receive());
        host.Prepare(0, 20);
        Assert.All(host.Transmit(), reason => Assert.Equal(DropReason.OutputGone, reason));
    }

    [Theory]
    [InlineData(QueueIo.Epoll)]
    [InlineData(QueueIo.IoUring)]
    public void A_super_packet_that_contradicts_itself_is_dropped_alone(QueueIo io)
    {
        using var host = new DeviceQueueHost(io, offload: true);
        (byte[] packet, PacketOffload offload) = SuperPacket();
        offload.SegmentSize = 50; // more segments than any kernel joins
        host.Prepare(0, 5);
        host.Add(packet, offload);
        Assert.Equal([.. new DropReason[5], DropReason.OutputRejected], host.Transmit());
        Assert.Equal(Enumerable.Range(0, 5), host.Arrived(5));
    }

    [Theory]
    [InlineData(QueueIo.Epoll)]
    [InlineData(QueueIo.IoUring)]
    public void Super_packets_of_a_kind_that_is_off_leave_in_segments_and_their_neighbours_whole(QueueIo io)
    {
        using var host = new DeviceQueueHost(io, offload: true, TunOffloads.Checksum);
        (byte[] packet, PacketOffload offload) = SuperPacket();
        host.Prepare(0, 5);
        host.Add(packet, offload);
        host.Add(packet, offload);
        ulong before = host.Device.Statistics.ReceivedPackets;
        Assert.All(host.Transmit(), reason => Assert.Equal(DropReason.None, reason));
        Assert.Equal(5 + 2 * UnfinishedPackets.Segments, (int)(host.Device.Statistics.ReceivedPackets - before));
        Assert.Equal(Enumerable.Range(0, 5), host.Arrived(5));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_device_goes_with_its_queue(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        host.Send(0, 100);
        host.Receive();
        host.Receive();
        host.Queue.Leave();
        host.Device.Dispose();
        Assert.False(host.DeviceExists);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Full_batches_allocate_nothing(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        long allocated = 0;
        for (int round = 0; round < 200; round++)
        {
            host.Send(0, 100);
            host.Prepare(0, PacketBatch.Capacity);
            long before = GC.GetAllocatedBytesForCurrentThread();
            host.Queue.Transmit(host.Batch, port: 0);
            while (host.Receive() == QueueStatus.MoreMayWait)
            {
            }

            allocated += round < 100 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static (byte[] Packet, PacketOffload Offload) SuperPacket()
    {
        (VirtioNetHeader header, byte[] packet) = UnfinishedPackets.SuperUdp;
        Assert.True(OffloadRules.TryClassify(header, packet, 0, out PacketOffload offload));
        return (packet, offload);
    }
}
