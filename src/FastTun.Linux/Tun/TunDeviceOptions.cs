using System.Text;

namespace FastTun.Linux.Tun;

/// <summary>
/// What a TUN or TAP device shall be. Everything is checked before the kernel is asked for anything; what is left unset is
/// left to the kernel, or, of a device that exists already, as it is.
/// </summary>
public sealed record TunDeviceOptions
{
    /// <summary>The most queues that a device can have (MAX_TAP_QUEUES in tun.c).</summary>
    public const int MaxQueueCount = 256;

    /// <summary>
    /// A name of 1 to 15 bytes, or a template with one <c>%d</c> where the kernel puts the first free number. Empty for
    /// <c>tun%d</c> or <c>tap%d</c>.
    /// </summary>
    public string Name { get; init; } = "";

    /// <summary>IP packets or Ethernet frames.</summary>
    public TunMode Mode { get; init; } = TunMode.Tun;

    /// <summary>
    /// Whether each packet has four bytes before it (struct tun_pi: flags, protocol). Off by default: they say nothing that the
    /// packet does not.
    /// </summary>
    public bool PacketInformation { get; init; }

    /// <summary>How many queues to open, 1 to <see cref="MaxQueueCount"/>.</summary>
    public int QueueCount { get; init; } = 1;

    /// <summary>
    /// Whether the device can have several queues (IFF_MULTI_QUEUE), which is decided when it is made. Without a value it can
    /// if <see cref="QueueCount"/> is more than one.
    /// </summary>
    public bool? MultiQueue { get; init; }

    /// <summary>Fails if the device exists (IFF_TUN_EXCL), where otherwise a persistent one is taken over.</summary>
    public bool Exclusive { get; init; }

    /// <summary>The driver's file.</summary>
    public string DevicePath { get; init; } = "/dev/net/tun";

    internal bool IsMultiQueue => MultiQueue ?? QueueCount > 1;

    /// <summary>Refuses what no kernel would take.</summary>
    /// <exception cref="ArgumentException">Says which option is wrong, and what it may be.</exception>
    internal void Validate()
    {
        ValidateName();
        if (QueueCount is < 1 or > MaxQueueCount)
            throw new ArgumentException($"{QueueCount} queues: a device has 1 to {MaxQueueCount}", nameof(QueueCount));
        if (QueueCount > 1 && MultiQueue == false)
            throw new ArgumentException($"{QueueCount} queues: more than one needs MultiQueue", nameof(MultiQueue));
    }

    // What dev_valid_name and __dev_alloc_name refuse (net/core/dev.c).
    private void ValidateName()
    {
        int length = Encoding.UTF8.GetByteCount(Name);
        if (length > 15)
            throw new ArgumentException($"name '{Name}': {length} bytes, an interface name has at most 15", nameof(Name));
        if (Name is "." or ".." || Name.Any(c => c is '/' or ':' or '\0' || char.IsWhiteSpace(c)))
            throw new ArgumentException($"name '{Name}': no slash, colon or white space, and not . or ..", nameof(Name));
        int percent = Name.IndexOf('%');
        if (percent >= 0 && (percent != Name.LastIndexOf('%') || !Name.AsSpan(percent).StartsWith("%d")))
            throw new ArgumentException($"name '{Name}': a template has one %d and no other percent sign", nameof(Name));
    }
}
