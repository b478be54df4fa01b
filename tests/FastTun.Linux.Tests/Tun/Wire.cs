using System.Runtime.InteropServices;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>
/// Two hosts and a wire between their devices: a thread each way carries every packet over whole, with its
/// virtio_net_hdr, as a router of unfinished packets does. It keeps the headers of what passed.
/// </summary>
internal sealed class Wire : IDisposable
{
    private readonly List<Passed> _passed = [];
    private readonly List<Thread> _threads = [];

    public Wire(TunOffloads offloads)
    {
        Left = Open(LeftNetwork, "192.0.2.1 peer 198.51.100.1/32", "2001:db8:1::1 peer 2001:db8:2::1/128", offloads);
        Right = Open(RightNetwork, "198.51.100.1 peer 192.0.2.1/32", "2001:db8:2::1 peer 2001:db8:1::1/128", offloads);
        LeftNetwork.WaitForRoute("2001:db8:2::1");
        RightNetwork.WaitForRoute("2001:db8:1::1");
        Start(Left.Queues[0], Right.Queues[0]);
        Start(Right.Queues[0], Left.Queues[0]);
    }

    /// <summary>One packet: the fields of its virtio_net_hdr that matter here, and the bytes behind that.</summary>
    internal readonly record struct Passed(bool NeedsChecksum, int GsoType, int SegmentBytes, int Length);

    public PrivateNetwork LeftNetwork { get; } = PrivateNetwork.Create();

    public PrivateNetwork RightNetwork { get; } = PrivateNetwork.Create();

    public TunDevice Left { get; }

    public TunDevice Right { get; }

    public Passed[] TakePassed()
    {
        lock (_passed)
        {
            Passed[] taken = [.. _passed];
            _passed.Clear();
            return taken;
        }
    }

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
        foreach (Thread thread in _threads)
            thread.Join();
        LeftNetwork.Dispose();
        RightNetwork.Dispose();
    }

    private static TunDevice Open(PrivateNetwork network, string ipv4, string ipv6, TunOffloads offloads) =>
        TunDevice.Open(new TunDeviceOptions
        {
            Name = "wire0",
            VirtioNetHeader = true,
            Offloads = offloads,
            Addresses = [InterfaceAddress.Parse(ipv4), InterfaceAddress.Parse(ipv6)],
            Up = true,
            Namespace = network.Namespace,
        });

    private void Start(TunQueue from, TunQueue to)
    {
        var thread = new Thread(() => Carry(from, to)) { IsBackground = true };
        thread.Start();
        _threads.Add(thread);
    }

    private void Carry(TunQueue from, TunQueue to)
    {
        var packet = new byte[10 + 65535];
        try
        {
            while (true)
            {
                Span<byte> whole = packet.AsSpan(0, from.Read(packet));
                var gsoSize = MemoryMarshal.Read<ushort>(whole[4..]);
                lock (_passed)
                    _passed.Add(new Passed((whole[0] & 1) != 0, whole[1] & 0x7F, gsoSize, whole.Length - 10));
                to.Write(whole);
            }
        }
        catch (ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
