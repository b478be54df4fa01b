using System.Text;
using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux.Tun;

/// <content>From the driver's file to a queue that is what was asked for.</content>
public sealed unsafe partial class TunDevice
{
    private static TunDevice OpenHere(TunDeviceOptions options)
    {
        var device = new TunDevice(options);
        try
        {
            device.OpenQueue(options.Name, options.Exclusive ? IfTun.IFF_TUN_EXCL : 0);
            device.VerifyPacketInformation();
            while (device._opened < options.QueueCount)
                device.AttachQueueHere(device.Control);
            device.Configure();
            return device;
        }
        catch
        {
            device.ForgetOffloads();
            device.Dispose();
            throw;
        }
    }

    private TunQueue AttachQueueHere(FileDescriptor control)
    {
        string name = TunIoctl.ReadInterface(control).Name;
        TunQueue queue = OpenQueue(name, 0);

        // A device that was deleted or renamed just then would have been made anew by that name.
        if (TunIoctl.GetInterface(control, out string now, out _).IsSuccess && now == name)
            return queue;
        queue.Dispose();
        throw new LinuxException("TUNSETIFF", name, Errno.EBADFD, TunHints.Gone);
    }

    private TunQueue OpenQueue(string name, int exclusive)
    {
        FileDescriptor file = OpenFile(_options.DevicePath);
        try
        {
            SysResult result = TunIoctl.SetInterface(file, name, _flags | exclusive);
            result.OrThrow("TUNSETIFF", Label(name), TunHints.SetInterface(result.Error, _options));
            Verify(file);
            return Add(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // A second queue that asks for other flags than the first is let in without a word, and its packets would be
    // misread.
    private void Verify(FileDescriptor file)
    {
        (string name, int flags) = TunIoctl.ReadInterface(file);
        if (((flags ^ _flags) & ReportedFlags & ~IfTun.IFF_NAPI) != 0)
            throw Differs(name, TunHints.OtherFlags("a virtio_net_hdr", HasVirtioNetHeader));
        if (((flags ^ _flags) & IfTun.IFF_NAPI) != 0)
            throw Differs(name, TunHints.OtherNapi(HasNapi));

        // Both are properties of the device, which keeps them from whoever had it before.
        if (HasVirtioNetHeader)
            TunIoctl.SetHeaderSize(file, VirtioNetHeaderBytes).OrThrow("TUNSETVNETHDRSZ", name);
        NegotiateOffloads(file, name);
    }

    private void VerifyPacketInformation()
    {
        using var session = new LinkSession(Control);
        if (session.Link.Tun is { } tun && tun.HasPacketInformation != HasPacketInformation)
        {
            throw Differs(session.Link.Name, TunHints.OtherFlags("packet information", HasPacketInformation));
        }
    }

    private TunQueue Add(FileDescriptor file)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var queue = new TunQueue(file, _opened++);
            _queues = [.. _queues.Where(other => other.IsOpen), queue];
            return queue;
        }
    }

    private static LinuxException Differs(string name, string hint) => new("TUNSETIFF", name, Errno.EINVAL, hint);

    private string Label(string name) => name.Length > 0 ? name : Mode == TunMode.Tun ? "tun%d" : "tap%d";

    internal static FileDescriptor OpenFile(string path)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + '\0'))
        {
            SysResult opened = SysResult.FromReturn(LibC.open(bytes, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC));
            return new FileDescriptor(opened.OrThrow("open", path, TunHints.OpenFile(opened.Error)));
        }
    }

    private static void SetNonBlocking(FileDescriptor descriptor)
    {
        using var lease = new DescriptorLease(descriptor);
        int flags = SysResult.FromReturn(LibC.fcntl(descriptor.Number, LibC.F_GETFL)).OrThrow("fcntl F_GETFL");
        SysResult.FromReturn(LibC.fcntl(descriptor.Number, LibC.F_SETFL, flags | LibC.O_NONBLOCK)).OrThrow("fcntl F_SETFL");
    }
}
