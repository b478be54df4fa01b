using FastTun.Linux.Netlink;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Netlink;

/// <summary>What happens to links is told, also when too much happens at once.</summary>
public sealed class LinkMonitorTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Tells_each_change_once()
    {
        using LinkMonitor monitor = LinkMonitor.Open(_network.Namespace);
        Assert.Equal(["lo"], monitor.Links.Select(link => link.Name));
        Assert.False(monitor.TryRead(out _));

        int index = _network.AddDevice("tun0");
        Assert.Equal([LinkChange.Added], Changes(monitor));

        Set(index, new LinkChanges { Up = true });

        // Nobody has it open, which shows once it is up.
        Assert.Equal([LinkChange.Up | LinkChange.CarrierLost], Changes(monitor));

        Set(index, new LinkChanges { Mtu = 1400 });
        LinkEvent change = Assert.Single(Events(monitor));
        Assert.Equal((LinkChange.Mtu, 1500, 1400), (change.Change, change.Before!.Mtu, change.Link.Mtu));

        Set(index, new LinkChanges { Name = "wan" });
        change = Assert.Single(Events(monitor));
        Assert.Equal((LinkChange.Renamed, "tun0", "wan"), (change.Change, change.Before!.Name, change.Link.Name));

        Set(index, new LinkChanges { Up = false });
        Assert.Equal([LinkChange.Down], Changes(monitor));

        _network.Routes.DeleteLink(index);
        change = Assert.Single(Events(monitor));
        Assert.Equal((LinkChange.Removed, index, "wan"), (change.Change, change.Link.Index, change.Link.Name));
        Assert.Equal(["lo"], monitor.Links.Select(link => link.Name));
    }

    [Fact]
    public void Tells_a_move_from_both_ends()
    {
        using PrivateNetwork other = PrivateNetwork.Create();
        int index = _network.AddDevice("tun0");
        using LinkMonitor here = LinkMonitor.Open(_network.Namespace);
        using LinkMonitor there = LinkMonitor.Open(other.Namespace);

        Set(index, new LinkChanges { Namespace = other.Namespace });

        Assert.Equal([LinkChange.Removed | LinkChange.Moved], Changes(here));
        Assert.Equal([LinkChange.Added], Changes(there));
    }

    [Fact]
    public void Is_readable_when_there_is_something_to_tell()
    {
        using LinkMonitor monitor = LinkMonitor.Open(_network.Namespace);
        using var epoll = new Epoll(1);
        epoll.Add(monitor.Descriptor, 7);
        int[] keys = new int[1];
        Assert.Equal(0, epoll.Wait(keys, 0));

        _network.AddDevice("tun0");

        Assert.Equal(1, epoll.Wait(keys, 10_000));
        Assert.Equal(7, keys[0]);
        Assert.Equal([LinkChange.Added], Changes(monitor));
        Assert.Equal(0, epoll.Wait(keys, 0));
    }

    [Fact]
    public void When_messages_were_lost_the_differences_are_told()
    {
        int leaves = _network.AddDevice("leaves");
        int stays = _network.AddDevice("stays");
        using LinkMonitor monitor = LinkMonitor.Open(_network.Namespace, receiveBufferBytes: 1);
        for (int i = 0; i < 200; i++)
            Set(stays, new LinkChanges { Mtu = 1000 + i, Up = i % 2 == 0 });
        _network.Routes.DeleteLink(leaves);
        int comes = _network.AddDevice("comes");
        Set(stays, new LinkChanges { Mtu = 1234, Up = true, Name = "stayed" });

        List<LinkEvent> events = Events(monitor);

        // Far fewer than the 203 that happened, so some were lost; yet the end is known.
        Assert.InRange(events.Count, 3, 50);
        Assert.Contains(events, told => told.Change == LinkChange.Removed && told.Link.Index == leaves);
        Assert.Contains(events, told => told.Change == LinkChange.Added && told.Link.Index == comes);
        Assert.Contains(events, told => told.Link.Index == stays && told.Link is { Name: "stayed", Mtu: 1234, IsUp: true });
        Assert.Equal(
            _network.Routes.GetLinks().Select(link => (link.Index, link.Name, link.Mtu, link.Flags)),
            monitor.Links.OrderBy(link => link.Index).Select(link => (link.Index, link.Name, link.Mtu, link.Flags)));
    }

    private void Set(int index, LinkChanges changes) => _network.Routes.SetLink(index, changes);

    private static List<LinkEvent> Events(LinkMonitor monitor)
    {
        var events = new List<LinkEvent>();
        while (monitor.TryRead(out LinkEvent? change))
            events.Add(change);
        return events;
    }

    private static IEnumerable<LinkChange> Changes(LinkMonitor monitor) => Events(monitor).Select(told => told.Change);
}
