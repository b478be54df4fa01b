using FastTun.Linux.Bpf;

namespace FastTun.Linux.Tun;

/// <content>Which queue a packet goes to.</content>
public sealed partial class TunDevice
{
    /// <summary>
    /// Lets a program choose the queue of each packet that the host sends: the number that it answers, modulo the
    /// number of attached queues (TUNSETSTEERINGEBPF). The kernel then no longer learns from what is written. A
    /// persistent device keeps it.
    /// </summary>
    /// <param name="program">It may be disposed of afterwards. Null for the kernel's own choice again.</param>
    /// <exception cref="LinuxException">EBADFD: the device is gone.</exception>
    /// <exception cref="ObjectDisposedException">All queues are closed, or the program is disposed of.</exception>
    public void SetSteering(BpfProgram? program)
    {
        SysResult result;
        if (program is null)
        {
            result = TunIoctl.SetSteering(Control, -1);
        }
        else
        {
            using var lease = new DescriptorLease(program.Descriptor);
            result = TunIoctl.SetSteering(Control, program.Descriptor.Number);
        }

        result.OrThrow("TUNSETSTEERINGEBPF", Name);
    }
}
