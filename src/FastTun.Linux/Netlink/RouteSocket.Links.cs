using System.Diagnostics.CodeAnalysis;
using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <content>Links.</content>
public sealed partial class RouteSocket
{
    /// <summary>Reads an interface by its number.</summary>
    /// <param name="index">Its number.</param>
    /// <exception cref="LinuxException">ENODEV: there is none.</exception>
    public LinkInfo GetLink(int index) =>
        TryGetLink(index, out LinkInfo? link) ? link : throw NoLink(Label(index));

    /// <summary>Reads an interface by its name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="LinuxException">ENODEV: there is none.</exception>
    public LinkInfo GetLink(string name) => TryGetLink(name, out LinkInfo? link) ? link : throw NoLink(name);

    /// <summary>Reads an interface by its number, if there is one.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="link">What it is.</param>
    public bool TryGetLink(int index, [NotNullWhen(true)] out LinkInfo? link) => TryGetLink(index, null, out link);

    /// <summary>Reads an interface by its name, if there is one.</summary>
    /// <param name="name">Its name; one that no interface can have is found nowhere.</param>
    /// <param name="link">What it is.</param>
    public bool TryGetLink(string name, [NotNullWhen(true)] out LinkInfo? link)
    {
        link = null;
        return LinkName.Problem(name) is null && TryGetLink(0, name, out link);
    }

    /// <summary>Lists all interfaces, by their numbers.</summary>
    public IReadOnlyList<LinkInfo> GetLinks()
    {
        NetlinkWriter request = Request(Rtnetlink.RTM_GETLINK, NetlinkAbi.NLM_F_DUMP);
        request.Fixed(default(ifinfomsg));
        return Dump(request, Rtnetlink.RTM_NEWLINK, "links", LinkMessage.Read);
    }

    /// <summary>
    /// Changes an interface. What a later change of the same call is refused for, the earlier ones are undone, except
    /// that an interface that was taken down has lost its routes: <see cref="LinkConfigurator"/> brings these back too.
    /// </summary>
    /// <param name="index">Its number.</param>
    /// <param name="changes">What to change.</param>
    /// <exception cref="ArgumentException">A value that no interface can have.</exception>
    /// <exception cref="ObjectDisposedException">The namespace to move to was let go.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetLink(int index, LinkChanges changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        LinkInfo before = GetLink(index);
        Check(before, changes);
        if (changes.IsEmpty)
            return;

        // The kernel moves first and then changes, and from the other side nothing can be undone. So only what belongs
        // to the other side goes along with the move.
        LinkChanges here = changes.Namespace is null ? changes : changes with { Namespace = null, Name = null, Up = null };
        LinkChanges there = changes with { Mtu = null, TransmitQueueLength = null, HardwareAddress = null };
        try
        {
            if (!here.IsEmpty)
                SendLink(index, here);
            if (changes.Namespace is not null)
                SendLink(index, there);
        }
        catch (LinuxException)
        {
            Undo(before, here);
            throw;
        }
    }

    /// <summary>
    /// Deletes an interface: a TUN is gone for those who have it open, whose reads then fail with EBADFD.
    /// </summary>
    /// <param name="index">Its number.</param>
    /// <exception cref="LinuxException">There is none, or it is not of a kind that can be deleted.</exception>
    public void DeleteLink(int index)
    {
        NetlinkWriter request = Request(Rtnetlink.RTM_DELLINK, NetlinkAbi.NLM_F_ACK);
        request.Fixed(new ifinfomsg { ifi_index = index });
        Change(request, index);
    }

    private static void Check(LinkInfo link, LinkChanges changes)
    {
        if (changes.Namespace is { } ns)
            ObjectDisposedException.ThrowIf(ns.Descriptor.IsClosed, ns);
        if (changes.Name is { } name)
            LinkName.Check(name, nameof(changes));
        if (changes.TransmitQueueLength is < 0)
            throw new ArgumentException($"{link.Name}: a transmit queue length is 0 or more", nameof(changes));
        int max = link.MaxMtu > 0 ? link.MaxMtu : int.MaxValue;
        if (changes.Mtu is { } mtu && (mtu < link.MinMtu || mtu > max))
            throw new ArgumentException($"{link.Name}: MTU {mtu}: it is {link.MinMtu} to {max}", nameof(changes));
    }

    private void SendLink(int index, LinkChanges changes)
    {
        NetlinkWriter request = Request(Rtnetlink.RTM_SETLINK, NetlinkAbi.NLM_F_ACK);
        LinkMessage.Write(ref request, index, changes);
        Change(request, index);
    }

    private void Undo(LinkInfo before, LinkChanges changes)
    {
        var old = new LinkChanges
        {
            Up = changes.Up is null ? null : before.IsUp,
            Mtu = changes.Mtu is null ? null : before.Mtu,
            TransmitQueueLength = changes.TransmitQueueLength is null ? null : before.TransmitQueueLength,
            Name = changes.Name is null ? null : before.Name,
            HardwareAddress = changes.HardwareAddress is null ? null : before.HardwareAddress,
        };
        try
        {
            if (!old.IsEmpty)
                SendLink(before.Index, old);
        }
        catch (LinuxException)
        {
            // The first refusal is the one to report; an interface that is gone needs nothing undone.
        }
    }

    private bool TryGetLink(int index, string? name, [NotNullWhen(true)] out LinkInfo? link)
    {
        NetlinkWriter request = Request(Rtnetlink.RTM_GETLINK, NetlinkAbi.NLM_F_ACK);
        request.Fixed(new ifinfomsg { ifi_index = index });
        if (name is not null)
            request.Text(IfLink.IFLA_IFNAME, name);
        LinkInfo? found = null;
        NetlinkAnswer answer = _socket.Exchange(request.Message, (type, payload) => found = LinkMessage.Read(payload));
        link = found;

        // No interface has a number below 1, which is EINVAL to the kernel.
        if (answer.Error is Errno.None or Errno.ENODEV || (answer.Error == Errno.EINVAL && name is null))
            return link is not null;
        throw Refusal(request.Type, name ?? Label(index), answer);
    }

    private static LinuxException NoLink(string subject) =>
        Refusal(Rtnetlink.RTM_GETLINK, subject, new NetlinkAnswer(Errno.ENODEV, null, false));
}
