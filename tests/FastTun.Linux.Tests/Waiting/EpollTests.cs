namespace FastTun.Linux.Tests.Waiting;

/// <summary>What a wait set reports, and what it refuses.</summary>
public sealed class EpollTests : IDisposable
{
    private readonly EventFd[] _events = [new(), new(), new()];
    private readonly int[] _keys = new int[4];

    public void Dispose() => Array.ForEach(_events, signal => signal.Dispose());

    [Fact]
    public void What_is_readable_is_reported_until_it_is_not()
    {
        using Epoll epoll = Watching();
        Assert.Equal([], Look(epoll));
        _events[2].Signal();
        _events[0].Signal();
        Assert.Equal([10, 12], Look(epoll));
        Assert.Equal([10, 12], Look(epoll));
        _events[0].Reset();
        Assert.Equal(1, epoll.Wait(_keys, -1));
        Assert.Equal(12, _keys[0]);
    }

    [Fact]
    public void A_sleep_ends_when_another_thread_signals()
    {
        using Epoll epoll = Watching();
        var signaller = new Thread(_events[1].Signal);
        signaller.Start();
        Assert.Equal(1, epoll.Wait(_keys, -1));
        Assert.Equal(11, _keys[0]);
        signaller.Join();
    }

    [Fact]
    public void What_was_removed_is_reported_no_more_and_its_place_is_free()
    {
        using Epoll epoll = Watching();
        _events[0].Signal();
        _events[1].Signal();
        epoll.Remove(_events[1].Descriptor);
        Assert.Equal([10], Look(epoll));
        epoll.Add(_events[1].Descriptor, 7);
        Assert.Equal([7, 10], Look(epoll));
    }

    [Fact]
    public void Twice_there_and_not_there_are_refused()
    {
        using Epoll epoll = Watching();
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => epoll.Add(_events[0].Descriptor, 5)).Error);
        using var stranger = new EventFd();
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => epoll.Remove(stranger.Descriptor)).Error);
    }

    [Fact]
    public void Little_room_reports_some_of_what_is_ready()
    {
        using Epoll epoll = Watching();
        Array.ForEach(_events, signal => signal.Signal());
        Assert.Equal(1, epoll.Wait(_keys.AsSpan(0, 1), 0));
    }

    [Fact]
    public void A_descriptor_that_was_closed_may_be_removed()
    {
        using Epoll epoll = Watching();
        _events[0].Dispose();
        epoll.Remove(_events[0].Descriptor);
        Assert.Equal([], Look(epoll));
    }

    [Fact]
    public void Waiting_allocates_nothing()
    {
        using Epoll epoll = Watching();
        _events[0].Signal();
        WaitOften(epoll); // the runtime's own, once
        Assert.Equal(0, WaitOften(epoll));
    }

    private long WaitOften(Epoll epoll)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            epoll.Wait(_keys, i % 2 - 1);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private Epoll Watching()
    {
        var epoll = new Epoll(4);
        for (int i = 0; i < _events.Length; i++)
            epoll.Add(_events[i].Descriptor, 10 + i);
        return epoll;
    }

    private int[] Look(Epoll epoll)
    {
        int count = epoll.Wait(_keys, 0);
        return [.. _keys.Take(count).Order()];
    }
}
