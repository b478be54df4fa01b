namespace FastTun.Linux.Tests;

/// <summary>Processor time of one thread, as others see it.</summary>
public sealed class ThreadClockTests
{
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Counts_the_work_of_its_thread_and_not_that_of_others()
    {
        ThreadClock? clock = null;
        using var started = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            clock = ThreadClock.StartNew();
            SpinFor(clock, Work);
            started.Set();
            end.Wait(TestContext.Current.CancellationToken);
            clock.Stop();
        });
        thread.Start();
        started.Wait(TestContext.Current.CancellationToken);

        // The other thread waits while this one works as much again.
        SpinFor(ThreadClock.StartNew(), 5 * Work);
        TimeSpan seen = clock!.Elapsed;
        end.Set();
        thread.Join();

        Assert.InRange(seen, Work, 5 * Work);
        Assert.InRange(clock.Elapsed, seen, 5 * Work);
    }

    [Fact]
    public void Keeps_its_time_when_its_thread_is_gone()
    {
        ThreadClock? clock = null;
        var thread = new Thread(() =>
        {
            clock = ThreadClock.StartNew();
            SpinFor(clock, Work);
            clock.Stop();
        });
        thread.Start();
        thread.Join();

        TimeSpan final = clock!.Elapsed;

        Assert.True(final >= Work);
        Assert.Equal(final, clock.Elapsed);
    }

    [Fact]
    public void Says_so_when_its_thread_ended_without_stopping_it()
    {
        ThreadClock? clock = null;
        var thread = new Thread(() => clock = ThreadClock.StartNew());
        thread.Start();
        thread.Join();

        // The kernel's side of it ends a little later.
        bool isSaid = SpinWait.SpinUntil(
            () => Record.Exception(() => clock!.Elapsed) is LinuxException { Error: Errno.EINVAL }, TimeSpan.FromSeconds(30));
        Assert.True(isSaid);
    }

    private static void SpinFor(ThreadClock clock, TimeSpan time)
    {
        while (clock.Elapsed < time)
        {
        }
    }
}
