using FastTun.Linux.Netlink;

namespace FastTun.Linux.Tun;

/// <content>What no kernel would take, whatever is there already.</content>
public sealed partial record TunDeviceOptions
{
    private const int MinMtu = 68;
    private const int MaxMtu = 65535;
    private const int EthernetHeaderBytes = 14;

    // To the kernel it means nobody (uid_valid).
    private const uint NoIdentity = uint.MaxValue;

    /// <summary>Checks each option, and the options with each other.</summary>
    /// <exception cref="ArgumentException">Says which option is wrong, and what it may be.</exception>
    public void Validate()
    {
        ValidateName();
        if (!Enum.IsDefined(Mode))
            throw new ArgumentException($"mode {Mode}: it is Tun or Tap", nameof(Mode));
        if (QueueCount is < 1 or > MaxQueueCount)
            throw new ArgumentException($"{QueueCount} queues: a device has 1 to {MaxQueueCount}", nameof(QueueCount));
        if (QueueCount > 1 && MultiQueue == false)
            throw new ArgumentException($"{QueueCount} queues: more than one needs MultiQueue", nameof(MultiQueue));
        if (Owner == NoIdentity)
            throw new ArgumentException($"owner {Owner}: there is no such user", nameof(Owner));
        if (Group == NoIdentity)
            throw new ArgumentException($"group {Group}: there is no such group", nameof(Group));
        if (Offloads != TunOffloadRules.WithoutUnsupported(Offloads))
            throw new ArgumentException($"offloads {Offloads}: {TunOffloadRules.Rule}", nameof(Offloads));
        ValidateLink();
        LinkConfigurator.Check(Configuration);
    }

    // A template is a name with room for at least one digit; the kernel takes one %d (dev_alloc_name).
    private void ValidateName()
    {
        if (Name.Length == 0)
            return;
        if (LinkName.Problem(Name) is { } problem)
            throw new ArgumentException($"name '{Name}': {problem}", nameof(Name));
        int percent = Name.IndexOf('%');
        if (percent >= 0 && (percent != Name.LastIndexOf('%') || !Name.AsSpan(percent).StartsWith("%d")))
            throw new ArgumentException($"name '{Name}': a template has one %d and no other percent sign", nameof(Name));
    }

    private void ValidateLink()
    {
        (string kind, int maxMtu) = Mode == TunMode.Tun ? ("TUN", MaxMtu) : ("TAP", MaxMtu - EthernetHeaderBytes);
        if (Mtu < MinMtu || Mtu > maxMtu)
            throw new ArgumentException($"MTU {Mtu}: of a {kind} it is {MinMtu} to {maxMtu}", nameof(Mtu));
        if (TransmitQueueLength is < 0 and var length)
            throw new ArgumentException($"transmit queue length {length}: it is 0 or more", nameof(TransmitQueueLength));
        if (HardwareAddress is not { } mac)
            return;
        byte[] bytes = mac.GetAddressBytes();
        if (Mode == TunMode.Tun)
            throw new ArgumentException($"hardware address {mac}: a TUN has none; a TAP does", nameof(HardwareAddress));
        if (bytes.Length != 6 || (bytes[0] & 1) != 0 || bytes.All(b => b == 0))
            throw new ArgumentException($"hardware address {mac}: not 6 bytes, multicast or zero", nameof(HardwareAddress));
    }
}
