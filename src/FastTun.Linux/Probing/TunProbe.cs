using FastTun.Linux.Native;
using FastTun.Linux.Tun;

namespace FastTun.Linux.Probing;

/// <summary>What the TUN driver does for this user, in the calling thread's network namespace.</summary>
internal static class TunProbe
{
    private const int Tun = IfTun.IFF_TUN | IfTun.IFF_NO_PI;
    private const int Tap = IfTun.IFF_TAP | IfTun.IFF_NO_PI;
    private const int Header = Tun | IfTun.IFF_VNET_HDR;

    public static IReadOnlyList<Capability> Run() =>
    [
        Try("TUN devices", Tun),
        Try("TAP devices", Tap),
        Capability.Try("several queues", OpenTwoQueues),
        Try("virtio_net_hdr", Header),
        Offload("checksum offload", TunOffloads.Checksum),
        Offload("TCP segmentation, IPv4", TunOffloads.Tcp4),
        Offload("TCP segmentation, IPv6", TunOffloads.Tcp6),
        Offload("TCP segmentation with ECN", TunOffloads.Tcp4 | TunOffloads.TcpEcn),
        Offload("UDP fragmentation", TunOffloads.UdpFragmentation),
        Offload("UDP segmentation", TunOffloads.Udp4 | TunOffloads.Udp6),
        Offload("UDP tunnel segmentation", TunOffloads.Tcp4 | TunOffloads.UdpTunnel),
        Try("NAPI", Tun | IfTun.IFF_NAPI),
        Try("NAPI with fragments (TAP)", Tap | IfTun.IFF_NAPI | IfTun.IFF_NAPI_FRAGS),
    ];

    private static Capability Try(string name, int flags) => Capability.Try(name, () =>
    {
        using FileDescriptor queue = Open("", flags);
        return "";
    });

    private static string OpenTwoQueues()
    {
        using FileDescriptor first = Open("", Tun | IfTun.IFF_MULTI_QUEUE);
        using FileDescriptor second = Open(TunIoctl.ReadInterface(first).Name, Tun | IfTun.IFF_MULTI_QUEUE);
        return $"up to {TunDeviceOptions.MaxQueueCount} a device";
    }

    // One at a time, each with the checksum, which all of them need.
    private static Capability Offload(string name, TunOffloads offloads) => Capability.Try(name, () =>
    {
        using FileDescriptor queue = Open("", Header);
        SysResult answer = TunIoctl.SetOffload(queue, offloads | TunOffloads.Checksum);
        answer.OrThrow("TUNSETOFFLOAD", null, answer.Error == Errno.EINVAL ? "this kernel is too old for it" : null);
        return "";
    });

    private static FileDescriptor Open(string name, int flags)
    {
        FileDescriptor file = TunDevice.OpenFile(TunDeviceOptions.DefaultDevicePath);
        SysResult answer = TunIoctl.SetInterface(file, name, flags);
        if (answer.IsSuccess)
            return file;
        file.Dispose();
        string? hint = answer.Error == Errno.EINVAL
            ? "this kernel was built without it, or is too old"
            : TunHints.SetInterface(answer.Error, new TunDeviceOptions());
        throw new LinuxException("TUNSETIFF", null, answer.Error, hint);
    }
}
