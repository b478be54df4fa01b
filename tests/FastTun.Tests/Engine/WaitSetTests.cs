using FastTun.Batching;
using FastTun.Engine;
using FastTun.Queues;

namespace FastTun.Tests.Engine;

/// <summary>Which ports a worker is told to serve, of few and of many.</summary>
public class WaitSetTests
{
    public static TheoryData<int> Ports => new(1, 2, 20);

    [Theory]
    [MemberData(nameof(Ports))]
    public void Every_readable_port_is_served_once_the_lowest_first(int count)
    {
        using var ports = new Set(count);
        Assert.Equal([], ports.Wait());
        for (int port = count - 1; port >= 0; port -= 2)
            ports.Queues[port].Inject([0x45]);
        int[] ready = [.. Enumerable.Range(0, count).Where(port => (count - 1 - port) % 2 == 0)];
        Assert.Equal(ready, ports.Wait(mayBlock: true));
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public void One_that_was_not_drained_is_served_again_without_a_sleep(int count)
    {
        using var ports = new Set(count);
        ports.Queues[^1].Inject([0x45]);
        Assert.Equal([count - 1], ports.Wait(mayBlock: true));
        ports.Queues[^1].Receive(new PacketBatch(new PortTable([])));
        ports.WaitSet.Report(count - 1, QueueStatus.MoreMayWait);
        Assert.Equal([count - 1], ports.Wait(mayBlock: true));
        ports.WaitSet.Report(count - 1, QueueStatus.Drained);
        Assert.Equal([], ports.Wait());
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public void What_comes_while_a_port_is_busy_is_found_when_it_says_drained(int count)
    {
        using var ports = new Set(count);
        ports.Queues[0].Inject([0x45]);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal([0], ports.Wait(mayBlock: true));
            ports.WaitSet.Report(0, QueueStatus.MoreMayWait);
        }

        ports.Queues[0].Inject([0x45]);
        Assert.Equal([0], ports.Wait(mayBlock: true));
        ports.WaitSet.Report(0, QueueStatus.Drained);
        Assert.Equal([0], ports.Wait(mayBlock: true));
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public void One_that_closes_while_it_is_busy_is_watched_no_more(int count)
    {
        using var ports = new Set(count);
        ports.Queues[0].Close();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal([0], ports.Wait());
            ports.WaitSet.Report(0, QueueStatus.MoreMayWait);
        }

        ports.WaitSet.Report(0, QueueStatus.Closed);
        Assert.Equal([], ports.Wait());
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public void One_that_says_drained_too_early_is_found_readable(int count)
    {
        using var ports = new Set(count);
        ports.Queues[0].Inject([0x45]);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal([0], ports.Wait(mayBlock: true));
            ports.WaitSet.Report(0, QueueStatus.Drained);
        }
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public void One_that_has_closed_is_watched_no_more(int count)
    {
        using var ports = new Set(count);
        ports.Queues[0].Close();
        Assert.Equal([0], ports.Wait(mayBlock: true));
        ports.WaitSet.Report(0, QueueStatus.Closed);
        Assert.Equal([], ports.Wait());
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public void A_wake_ends_the_sleep_once(int count)
    {
        using var ports = new Set(count);
        ports.WaitSet.Wake();
        ports.WaitSet.Wake();
        Assert.Equal([], ports.Wait(mayBlock: true));
        long waits = ports.WaitSet.Waits;
        Assert.Equal([], ports.Wait());
        Assert.Equal(waits + 1, ports.WaitSet.Waits);
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public void A_spin_finds_what_is_there_without_a_sleep(int count)
    {
        using var ports = new Set(count, new IdleSpin(TimeSpan.FromSeconds(1), new ManualTimeProvider()));
        ports.Queues[0].Inject([0x45]);
        long waits = ports.WaitSet.Waits;
        Assert.Equal([0], ports.Wait(mayBlock: true));
        Assert.Equal(waits + 1, ports.WaitSet.Waits);
    }

    [Fact]
    public void A_spin_that_finds_nothing_ends_in_a_sleep()
    {
        var time = new ManualTimeProvider();
        using var ports = new Set(2, new IdleSpin(TimeSpan.FromMicroseconds(5), time));
        var other = new Thread(() =>
        {
            // The spinning thread is let go by the clock, and then by the packet.
            time.Advance(TimeSpan.FromMicroseconds(5));
            ports.Queues[1].Inject([0x45]);
        });
        other.Start();
        Assert.Equal([1], ports.Wait(mayBlock: true));
        other.Join();
    }

    private sealed class Set : IDisposable
    {
        public Set(int count, IdleSpin spin = default)
        {
            Queues = [.. Enumerable.Range(0, count).Select(_ => new MemoryQueue(4, 64))];
            WaitSet = new WaitSet([.. Queues], spin);
        }

        public MemoryQueue[] Queues { get; }

        public WaitSet WaitSet { get; }

        public int[] Wait(bool mayBlock = false) => WaitSet.Wait(mayBlock).ToArray();

        public void Dispose()
        {
            WaitSet.Dispose();
            Array.ForEach(Queues, queue => queue.Dispose());
        }
    }
}
