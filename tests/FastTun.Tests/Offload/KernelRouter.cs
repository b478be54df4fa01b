using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Offload;
using FastTun.TestKit;

namespace FastTun.Tests.Offload;

/// <summary>
/// The kernel as a router between two devices in a private host: what is written to the one as super-packets leaves the
/// other, which takes none, as the packets that the kernel cuts them into. Routing takes one hop from their life.
/// </summary>
internal sealed class KernelRouter : IDisposable
{
    private readonly PrivateNetwork _host = PrivateNetwork.Create();
    private readonly TunDevice _in;
    private readonly TunDevice _out;
    private readonly byte[] _buffer = new byte[65536];

    public KernelRouter()
    {
        _host.Run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1").OrThrow();
        _in = Open("in", virtioNetHeader: true, "192.0.2.0/24", "2001:db8:1::/64");
        _out = Open("out", virtioNetHeader: false, "198.51.100.0/24", "2001:db8:2::/64");
    }

    /// <summary>Sends what is written through the router and collects as many packets as there must come.</summary>
    public List<byte[]> Route(VirtioNetHeader header, ReadOnlySpan<byte> packet, int count)
    {
        byte[] write = new byte[VirtioNetHeader.Size + packet.Length];
        header.WriteTo(write);
        packet.CopyTo(write.AsSpan(VirtioNetHeader.Size));
        Assert.Equal(write.Length, _in.Queues[0].TryWrite(write).OrThrow("write", "super-packet"));

        List<byte[]> routed = [];
        Eventually.Holds(() =>
        {
            while (_out.Queues[0].TryRead(_buffer) is { IsSuccess: true } read)
            {
                // What the host has to say of its own, such as router solicitations, goes elsewhere.
                byte[] received = _buffer[..read.Value];
                if (received[0] >> 4 == 4 ? received[16] == 198 : received[24] == 0x20)
                    routed.Add(received);
            }

            return routed.Count >= count;
        });
        return routed;
    }

    public void Dispose()
    {
        _in.Dispose();
        _out.Dispose();
        _host.Dispose();
    }

    private TunDevice Open(string name, bool virtioNetHeader, params string[] routes) => TunDevice.Open(new TunDeviceOptions
    {
        Name = name,
        VirtioNetHeader = virtioNetHeader,
        Mtu = 1500,
        Up = true,
        Routes = [.. routes.Select(InterfaceRoute.Parse)],
        Namespace = _host.Namespace,
    });
}
