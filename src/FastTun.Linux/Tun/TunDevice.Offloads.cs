namespace FastTun.Linux.Tun;

/// <content>
/// Unfinished packets. What is granted is the device's, not a queue's, and the kernel keeps it until someone says
/// otherwise: also for the next program that takes over a persistent device. So it is set whenever a queue is opened.
/// </content>
public sealed partial class TunDevice
{
    private TunOffloads _offloads;

    /// <summary>
    /// What the host may leave undone in what the queues give: the part of the options' that this kernel knows, less
    /// what was disabled since. Another program with queues of the same device may have changed it without a word here.
    /// </summary>
    public TunOffloads Offloads
    {
        get
        {
            lock (_gate)
                return _offloads;
        }
    }

    /// <summary>
    /// Narrows what the host may leave undone, for all queues at once. What waits in them already stays as it is. Waits
    /// for the kernel's configuration lock, so it is nothing for every packet.
    /// </summary>
    /// <param name="offloads">
    /// What is not wanted any more; what needs it goes too: without Checksum all, without one of the UDPs both.
    /// </param>
    /// <returns>What is left.</returns>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    /// <exception cref="ObjectDisposedException">All queues are closed.</exception>
    public TunOffloads DisableOffloads(TunOffloads offloads)
    {
        lock (_gate)
        {
            TunOffloads left = TunOffloadRules.WithoutUnsupported(_offloads & ~offloads);
            TunIoctl.SetOffload(Control, left).OrThrow("TUNSETOFFLOAD", left.ToString(), TunHints.Gone);
            return _offloads = left;
        }
    }

    // The first queue finds out what there is; the others ask for exactly that. Where there is no header to say what is
    // unfinished, nothing may be.
    private void NegotiateOffloads(FileDescriptor queue, string name)
    {
        lock (_gate)
        {
            TunOffloads wanted = _opened == 0 ? _options.Offloads : _offloads;
            SysResult answer = TunOffloadRules.Negotiate(wanted, mask => TunIoctl.SetOffload(queue, mask), out _offloads);
            answer.OrThrow("TUNSETOFFLOAD", name);
        }
    }

    // A device that fails to open may be a persistent one, whose next user must not meet what this one asked for.
    private void ForgetOffloads()
    {
        if (_offloads != TunOffloads.None && Queues is [var queue, ..])
            TunIoctl.SetOffload(queue.Descriptor, TunOffloads.None);
    }
}
