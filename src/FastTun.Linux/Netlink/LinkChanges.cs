using System.Net.NetworkInformation;

namespace FastTun.Linux.Netlink;

/// <summary>What to change of an interface; what is null stays as it is.</summary>
public sealed record LinkChanges
{
    /// <summary>Bring it up, or down. Down, it loses its routes and its IPv6 addresses.</summary>
    public bool? Up { get; init; }

    /// <summary>The largest packet it takes, in bytes; a TUN takes 68 to 65535.</summary>
    public int? Mtu { get; init; }

    /// <summary>How many packets wait in its transmit queue, 0 or more.</summary>
    public int? TransmitQueueLength { get; init; }

    /// <summary>A new name, of 1 to 15 bytes.</summary>
    public string? Name { get; init; }

    /// <summary>A link address of its own length; not for a TUN, which has none.</summary>
    public PhysicalAddress? HardwareAddress { get; init; }

    /// <summary>
    /// Where to move it. It arrives down and without addresses, unless <see cref="Up"/> says to bring it up there.
    /// </summary>
    public NetworkNamespace? Namespace { get; init; }

    internal bool IsEmpty => this == new LinkChanges();
}
