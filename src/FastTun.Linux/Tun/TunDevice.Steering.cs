using FastTun.Linux.Bpf;
using FastTun.Linux.Netlink;

namespace FastTun.Linux.Tun;

/// <content>Which queue a packet goes to.</content>
public sealed partial class TunDevice
{
    private bool _isSteered;

    /// <summary>
    /// Lets a program choose the queue of each packet that the host sends: the number that it answers, modulo the
    /// number of attached queues (TUNSETSTEERINGEBPF). The kernel then no longer learns from what is written. Packets
    /// that wait in a queue stay there. The program goes when this object is disposed of, also from a persistent
    /// device.
    /// </summary>
    /// <param name="program">It may be disposed of afterwards. Null for the kernel's own choice again.</param>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    /// <exception cref="ObjectDisposedException">All queues are closed, or the program is disposed of.</exception>
    public void SetSteering(BpfProgram? program)
    {
        lock (_gate)
        {
            Steer(program).OrThrow("TUNSETSTEERINGEBPF", Name);
            _isSteered = program is not null;
        }
    }

    private SysResult Steer(BpfProgram? program)
    {
        if (program is null)
            return TunIoctl.SetSteering(Control, -1);
        using var lease = new DescriptorLease(program.Descriptor);
        return TunIoctl.SetSteering(Control, program.Descriptor.Number);
    }

    // Of a persistent device that is nobody else's now: whoever put a program there was killed before it could take it
    // off.
    private void ForgetForeignSteering(LinkInfo link)
    {
        if (link.Tun is { IsPersistent: true, DisabledQueues: 0 } tun && tun.Queues == _options.QueueCount)
            TunIoctl.SetSteering(Control, -1);
    }

    // A persistent device would keep the program, for a next user who does not know of it.
    private void ForgetSteering()
    {
        if (_isSteered && Queues is [var queue, ..])
            TunIoctl.SetSteering(queue.Descriptor, -1);
    }
}
