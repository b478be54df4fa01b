namespace FastTun.Linux.Netlink;

/// <summary>
/// What the kernel tells anyone about a TUN or TAP (the IFLA_TUN_ attributes), without a descriptor of the device.
/// </summary>
public sealed record TunLinkInfo
{
    /// <summary>Whether it carries Ethernet frames (TAP) and not IP packets (TUN).</summary>
    public bool IsTap { get; init; }

    /// <summary>The user who may attach to it, where one was set.</summary>
    public uint? Owner { get; init; }

    /// <summary>The group that may attach to it, where one was set.</summary>
    public uint? Group { get; init; }

    /// <summary>Whether each packet is preceded by 4 bytes of flags and protocol.</summary>
    public bool HasPacketInformation { get; init; }

    /// <summary>Whether each packet is preceded by a virtio_net_hdr.</summary>
    public bool HasVirtioNetHeader { get; init; }

    /// <summary>Whether it outlives the descriptors that are attached to it.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Whether several descriptors may attach, each a queue.</summary>
    public bool IsMultiQueue { get; init; }

    /// <summary>How many queues are attached and enabled; null where it has only one.</summary>
    public uint? Queues { get; init; }

    /// <summary>How many queues are attached and disabled; null where it has only one.</summary>
    public uint? DisabledQueues { get; init; }
}
