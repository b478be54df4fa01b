using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>Whether an interface carries packets (RFC 2863, ifOperStatus).</summary>
public enum OperationalState : byte
{
    /// <summary>The driver does not say; an interface that is up and has a carrier then works.</summary>
    Unknown = NetIf.IF_OPER_UNKNOWN,
    /// <summary>A part of it is missing.</summary>
    NotPresent = NetIf.IF_OPER_NOTPRESENT,
    /// <summary>It cannot carry packets.</summary>
    Down = NetIf.IF_OPER_DOWN,
    /// <summary>An interface it is stacked on is down.</summary>
    LowerLayerDown = NetIf.IF_OPER_LOWERLAYERDOWN,
    /// <summary>It is being tested.</summary>
    Testing = NetIf.IF_OPER_TESTING,
    /// <summary>It waits for something outside.</summary>
    Dormant = NetIf.IF_OPER_DORMANT,
    /// <summary>It carries packets.</summary>
    Up = NetIf.IF_OPER_UP,
}
