namespace FastTun.Linux.Netlink;

/// <summary>What happened to an interface; several things may at once.</summary>
[Flags]
public enum LinkChange
{
    /// <summary>Nothing that is watched.</summary>
    None = 0,
    /// <summary>It is new in this namespace.</summary>
    Added = 1,
    /// <summary>It is no longer in this namespace.</summary>
    Removed = 2,
    /// <summary>It went by moving to another namespace; comes with <see cref="Removed"/>.</summary>
    Moved = 4,
    /// <summary>It was brought up.</summary>
    Up = 8,
    /// <summary>It was brought down.</summary>
    Down = 16,
    /// <summary>It has a carrier now.</summary>
    CarrierFound = 32,
    /// <summary>It has no carrier any more.</summary>
    CarrierLost = 64,
    /// <summary>Its MTU changed.</summary>
    Mtu = 128,
    /// <summary>Its name changed.</summary>
    Renamed = 256,
}

/// <summary>One change of an interface.</summary>
/// <param name="Change">What happened.</param>
/// <param name="Link">How it is now; of one that is gone, how it was last.</param>
/// <param name="Before">How it was; null for one that is new.</param>
public sealed record LinkEvent(LinkChange Change, LinkInfo Link, LinkInfo? Before);
