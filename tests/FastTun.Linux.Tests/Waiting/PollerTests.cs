namespace FastTun.Linux.Tests.Waiting;

/// <summary>Both ways to wait are the same to who waits.</summary>
public sealed class PollerTests : IDisposable
{
    private readonly EventFd[] _events = [new(), new(), new()];
    private readonly int[] _keys = new int[4];

    public static TheoryData<string> Kinds => new(nameof(PollSet), nameof(Epoll));

    public void Dispose() => Array.ForEach(_events, signal => signal.Dispose());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_readable_is_reported_until_it_is_not(string kind)
    {
        using IPoller poller = Watching(kind);
        Assert.Equal([], Look(poller));
        _events[2].Signal();
        _events[0].Signal();
        Assert.Equal([10, 12], Look(poller));
        Assert.Equal([10, 12], Look(poller));
        _events[0].Reset();
        Assert.Equal(1, poller.Wait(_keys, -1));
        Assert.Equal(12, _keys[0]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_sleep_ends_when_another_thread_signals(string kind)
    {
        using IPoller poller = Watching(kind);
        var signaller = new Thread(_events[1].Signal);
        signaller.Start();
        Assert.Equal(1, poller.Wait(_keys, -1));
        Assert.Equal(11, _keys[0]);
        signaller.Join();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_removed_is_reported_no_more_and_its_place_is_free(string kind)
    {
        using IPoller poller = Watching(kind);
        _events[0].Signal();
        _events[1].Signal();
        poller.Remove(_events[1].Descriptor);
        Assert.Equal([10], Look(poller));
        poller.Add(_events[1].Descriptor, 7);
        Assert.Equal([7, 10], Look(poller));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Twice_there_and_not_there_are_refused(string kind)
    {
        using IPoller poller = Watching(kind);
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => poller.Add(_events[0].Descriptor, 5)).Error);
        using var stranger = new EventFd();
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => poller.Remove(stranger.Descriptor)).Error);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Little_room_reports_some_of_what_is_ready(string kind)
    {
        using IPoller poller = Watching(kind);
        Array.ForEach(_events, signal => signal.Signal());
        Assert.Equal(1, poller.Wait(_keys.AsSpan(0, 1), 0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_descriptor_that_was_closed_may_be_removed(string kind)
    {
        using IPoller poller = Watching(kind);
        _events[0].Dispose();
        poller.Remove(_events[0].Descriptor);
        Assert.Equal([], Look(poller));
    }

    [Fact]
    public void A_poll_set_that_is_full_says_so()
    {
        using IPoller poller = Watching(nameof(PollSet));
        Assert.Equal(Errno.ENOSPC, Assert.Throws<LinuxException>(() =>
        {
            using var one = new EventFd();
            using var two = new EventFd();
            poller.Add(one.Descriptor, 1);
            poller.Add(two.Descriptor, 2);
        }).Error);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Waiting_allocates_nothing(string kind)
    {
        using IPoller poller = Watching(kind);
        _events[0].Signal();
        poller.Wait(_keys, -1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            poller.Wait(_keys, i % 2 - 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private IPoller Watching(string kind)
    {
        IPoller poller = kind == nameof(Epoll) ? new Epoll(4) : new PollSet(4);
        for (int i = 0; i < _events.Length; i++)
            poller.Add(_events[i].Descriptor, 10 + i);
        return poller;
    }

    private int[] Look(IPoller poller)
    {
        int count = poller.Wait(_keys, 0);
        return [.. _keys.Take(count).Order()];
    }
}
