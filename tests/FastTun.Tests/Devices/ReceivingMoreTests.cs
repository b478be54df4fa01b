using FastTun.Batching;
using FastTun.Queues;

namespace FastTun.Tests.Devices;

/// <summary>A queue adds to the end of a batch, as one that wraps others may ask it to, and harms nothing there.</summary>
public class ReceivingMoreTests
{
    public static TheoryData<QueueIo, bool> All => DeviceQueueTests.All;

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_received_comes_behind_what_is_there(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        ExpectMany(host);
        host.Prepare(1000, 10);
        host.Send(0, 20);
        host.Queue.Receive(host.Batch);
        Assert.Equal([.. Enumerable.Range(1000, 10), .. Enumerable.Range(0, 20)], host.Received);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_comes_after_a_batch_was_received_waits_or_is_behind_it(QueueIo io, bool offload)
    {
        using var host = new DeviceQueueHost(io, offload);
        ExpectMany(host);
        host.Send(0, 20);
        host.Queue.Receive(host.Batch);
        host.Send(20, 20);
        host.Queue.Receive(host.Batch);
        List<int> numbers = [.. host.Received];
        Assert.InRange(numbers.Count, 20, 40);
        while (numbers.Count < 40)
        {
            host.Receive();
            numbers.AddRange(host.Received);
        }

        Assert.Equal(Enumerable.Range(0, 40), numbers);
    }

    // A ring is used from the second of two large batches on.
    private static void ExpectMany(DeviceQueueHost host)
    {
        host.Send(0, PacketBatch.Capacity);
        host.Receive();
        Assert.Equal(PacketBatch.Capacity, host.Batch.Count);
        host.Batch.Clear(inputPort: 0);
    }
}
