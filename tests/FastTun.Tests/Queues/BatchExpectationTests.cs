using FastTun.Queues;

namespace FastTun.Tests.Queues;

public class BatchExpectationTests
{
    [Fact]
    public void At_first_a_batch_is_read_to_its_end()
    {
        var expectation = new BatchExpectation();
        Assert.Equal(5, Receive(ref expectation, 5, out _));
    }

    [Fact]
    public void Packets_that_come_one_by_one_cost_one_read_and_now_and_then_two()
    {
        var expectation = new BatchExpectation();
        int reads = 0;
        for (int i = 0; i < 900; i++)
        {
            Assert.Equal(1, Receive(ref expectation, 1, out int made));
            reads += made;
        }

        Assert.InRange(reads, 901, 1050);
    }

    [Fact]
    public void Soon_after_packets_come_faster_batches_are_whole_again()
    {
        var expectation = new BatchExpectation();
        Receive(ref expectation, 1, out _);
        int waiting = 64, batches = 0;
        for (; waiting > 0; batches++)
            waiting -= Receive(ref expectation, waiting, out _);
        Assert.InRange(batches, 2, 10);
        Assert.Equal(64, Receive(ref expectation, 64, out _));
    }

    // As a queue does: reads until nothing waits, or the batch ends before.
    private static int Receive(ref BatchExpectation expectation, int waiting, out int reads)
    {
        int received = 0;
        for (reads = 1; received < waiting; reads++)
        {
            received++;
            if (expectation.EndsWith(received))
                return received;
        }

        expectation.Drained(received);
        return received;
    }
}
