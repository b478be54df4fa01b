using System.Net;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;

namespace FastTun.Linux.Probing;

/// <summary>
/// The kernel as a router in an anonymous namespace with one TUN, which is the way in and the way out: whatever is
/// written comes back, a hop older. The device asks for no unfinished packets, so that the kernel finishes what it was
/// given unfinished. No packet leaves the namespace, and it is gone with the last descriptor.
/// </summary>
public sealed class PrivateRouter : IPacketLoop, IDisposable
{
    // A write forwards the packet before it returns; only a kernel that lost it is ever waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly NetworkNamespace _namespace;
    private readonly TunDevice _device;

    private PrivateRouter(NetworkNamespace ns, TunDevice device)
    {
        _namespace = ns;
        _device = device;
    }

    /// <summary>Makes one. A family of addresses does not pass it where this kernel has it switched off.</summary>
    /// <exception cref="LinuxException">This user may make no namespace, or no device.</exception>
    public static PrivateRouter Open()
    {
        NetworkNamespace ns = NetworkNamespace.Create();
        try
        {
            return ns.Run(() =>
            {
                SwitchOn("/proc/sys/net/ipv4/ip_forward");
                SwitchOn("/proc/sys/net/ipv6/conf/all/forwarding");
                return new PrivateRouter(ns, OpenDevice());
            });
        }
        catch
        {
            ns.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public SysResult TryWrite(ReadOnlySpan<byte> packet) => _device.Queues[0].TryWrite(packet);

    /// <inheritdoc/>
    public int Read(Span<byte> buffer) => _device.Read(buffer, Patience);

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Dispose();
        _namespace.Dispose();
    }

    private static TunDevice OpenDevice()
    {
        // Persistent, it goes with its namespace, which nobody waits for; else closing would take longer than the rest.
        TunDevice device = TunDevice.Open(
            new TunDeviceOptions { VirtioNetHeader = true, Mtu = 1500, Up = true, Persistent = true });
        try
        {
            using var routes = RouteSocket.Open();
            int link = routes.GetLink(device.Name).Index;
            TryRoute(routes, link, IPAddress.Any);
            TryRoute(routes, link, IPAddress.IPv6Any);
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    // Where /proc/sys is read-only, or IPv6 is not there, packets do not pass, and that tells.
    private static void SwitchOn(string setting)
    {
        try
        {
            File.WriteAllText(setting, "1");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static void TryRoute(RouteSocket routes, int link, IPAddress everywhere)
    {
        try
        {
            routes.AddRoute(link, new InterfaceRoute(new IPNetwork(everywhere, 0)));
        }
        catch (LinuxException)
        {
        }
    }
}
