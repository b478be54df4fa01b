using FastTun.Linux.Netlink;

namespace FastTun.Linux.Tun;

/// <content>Making a device that was just opened what its options say.</content>
public sealed partial class TunDevice
{
    // A device that was made for this goes with its queues when it fails; one that was there before is put back.
    private void Configure()
    {
        using var session = new LinkSession(Control);
        LinkSnapshot before = LinkSnapshot.Take(session.Routes, session.Link.Index);
        ForgetForeignSteering(before.Link);
        try
        {
            if (_options.Carrier is { } carrier)
                Carrier = carrier;
            LinkConfigurator.Apply(session.Routes, session.Link.Index, _options.Configuration);
            if (_options.Persistent is { } persistent)
                Persist(persistent);

            // Last, because there is no way back to nobody.
            if (_options.Owner is { } owner)
                SetOwner(owner);
            if (_options.Group is { } group)
                SetGroup(group);
        }
        catch
        {
            TunIoctl.SetPersistent(Control, before.Link.Tun?.IsPersistent ?? false);
            TunIoctl.SetCarrier(Control, before.Link.HasCarrier);
            before.Restore(session.Routes);
            throw;
        }
    }
}
