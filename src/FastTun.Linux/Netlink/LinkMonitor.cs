using System.Diagnostics.CodeAnalysis;
using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Netlink;

/// <summary>
/// Tells what happens to the interfaces of a namespace. When changes come faster than they are read, the kernel drops
/// some and says so (ENOBUFS); then all interfaces are listed, and what is different from before is told. So the steps
/// between may be lost, never where they led to.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class LinkMonitor : IDisposable
{
    private readonly NetlinkSocket _subscription;
    private readonly RouteSocket _questions;
    private readonly Dictionary<int, LinkInfo> _links = [];
    private readonly Queue<LinkEvent> _events = [];

    private LinkMonitor(NetlinkSocket subscription, RouteSocket questions)
    {
        _subscription = subscription;
        _questions = questions;
    }

    /// <summary>
    /// Readable when there may be something to tell: then call <see cref="TryRead"/> until it answers false.
    /// </summary>
    public FileDescriptor Descriptor => _subscription.Descriptor;

    /// <summary>The interfaces there are, as far as was told by <see cref="TryRead"/> or is about to be.</summary>
    public IReadOnlyCollection<LinkInfo> Links => _links.Values;

    /// <summary>
    /// Starts watching. The interfaces that are there already are in <see cref="Links"/>, and no events.
    /// </summary>
    /// <param name="ns">The namespace to watch; the calling thread's where it is null.</param>
    /// <exception cref="LinuxException">There are too many open files, or the namespace may not be entered.</exception>
    public static LinkMonitor Open(NetworkNamespace? ns = null) => Open(ns, receiveBufferBytes: 1 << 20);

    /// <summary>The next event, without waiting.</summary>
    /// <param name="change">What happened.</param>
    /// <returns>False when there is nothing to tell.</returns>
    /// <exception cref="LinuxException">The socket failed.</exception>
    public bool TryRead([NotNullWhen(true)] out LinkEvent? change)
    {
        while (!_events.TryDequeue(out change))
        {
            SysResult result = _subscription.Receive(LibC.MSG_DONTWAIT, out ReadOnlySpan<byte> datagram);
            if (result.Error == Errno.EAGAIN)
                return false;
            if (result.Error == Errno.ENOBUFS)
                Resynchronise();
            else
                Take(datagram[..result.OrThrow("recvmsg", "rtnetlink")]);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _subscription.Dispose();
        _questions.Dispose();
    }

    internal static LinkMonitor Open(NetworkNamespace? ns, int receiveBufferBytes)
    {
        NetlinkSocket subscription = NetlinkSocket.Open(ns);
        RouteSocket? questions = null;
        try
        {
            questions = RouteSocket.Open(ns);
            subscription.SetOption(LibC.SOL_SOCKET, LibC.SO_RCVBUF, receiveBufferBytes, "setsockopt SO_RCVBUF");
            subscription.SetOption(
                LibC.SOL_NETLINK, NetlinkAbi.NETLINK_ADD_MEMBERSHIP, Rtnetlink.RTNLGRP_LINK, "RTNLGRP_LINK");

            // Subscribed first and listed then: what happens between is told twice, and the second time is no change.
            var monitor = new LinkMonitor(subscription, questions);
            foreach (LinkInfo link in questions.GetLinks())
                monitor._links.Add(link.Index, link);
            return monitor;
        }
        catch
        {
            subscription.Dispose();
            questions?.Dispose();
            throw;
        }
    }

    private void Take(ReadOnlySpan<byte> datagram)
    {
        var reader = new NetlinkReader(datagram);
        while (reader.TryReadMessage(out nlmsghdr header, out ReadOnlySpan<byte> payload))
        {
            // A bridge tells about its ports by messages of the same types, and another family.
            if (payload.IsEmpty || payload[0] != SysSocket.AF_UNSPEC)
                continue;
            if (header.nlmsg_type == Rtnetlink.RTM_NEWLINK)
                Update(LinkMessage.Read(payload));
            else if (header.nlmsg_type == Rtnetlink.RTM_DELLINK)
                Remove(LinkMessage.Read(payload).Index, hasMoved: LinkMessage.SaysMoved(payload));
        }
    }

    private void Resynchronise()
    {
        // What still waits is older than the list, and would be told after it.
        SysResult stale;
        do
            stale = _subscription.Receive(LibC.MSG_DONTWAIT, out _);
        while (stale.IsSuccess || stale.Error == Errno.ENOBUFS);
        if (stale.Error != Errno.EAGAIN)
            stale.OrThrow("recvmsg", "rtnetlink");

        IReadOnlyList<LinkInfo> links = _questions.GetLinks();
        foreach (int gone in _links.Keys.Except(links.Select(link => link.Index)).ToList())
            Remove(gone, hasMoved: false);
        foreach (LinkInfo link in links)
            Update(link);
    }

    private void Update(LinkInfo link)
    {
        _links.TryGetValue(link.Index, out LinkInfo? before);
        _links[link.Index] = link;
        LinkChange change = Difference(before, link);
        if (change != LinkChange.None)
            _events.Enqueue(new LinkEvent(change, link, before));
    }

    private void Remove(int index, bool hasMoved)
    {
        LinkChange change = hasMoved ? LinkChange.Removed | LinkChange.Moved : LinkChange.Removed;
        if (_links.Remove(index, out LinkInfo? last))
            _events.Enqueue(new LinkEvent(change, last, last));
    }

    private static LinkChange Difference(LinkInfo? before, LinkInfo now)
    {
        if (before is null)
            return LinkChange.Added;
        LinkChange change = LinkChange.None;
        if (before.IsUp != now.IsUp)
            change |= now.IsUp ? LinkChange.Up : LinkChange.Down;
        if (before.HasCarrier != now.HasCarrier)
            change |= now.HasCarrier ? LinkChange.CarrierFound : LinkChange.CarrierLost;
        if (before.Mtu != now.Mtu)
            change |= LinkChange.Mtu;
        if (before.Name != now.Name)
            change |= LinkChange.Renamed;
        return change;
    }
}
