using FastTun.Linux;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;

namespace FastTun.Engine;

/// <summary>
/// Watches the ports' devices over rtnetlink, on a thread of its own, and reports what happens to them to the live ports. A
/// device that moves to another namespace is followed there. Devices that this process may not watch are left unwatched.
/// </summary>
internal sealed class PortMonitor : IDisposable
{
    private const int StopKey = -1;

    private readonly LivePorts _ports;
    private readonly Action<Exception> _failed;
    private readonly Dictionary<int, Watch> _watches = [];
    private readonly Epoll _epoll;
    private readonly EventFd _stop = new();
    private readonly Thread _thread;

    private PortMonitor(IReadOnlyList<Port> ports, LivePorts live, Action<Exception> failed)
    {
        _ports = live;
        _failed = failed;
        _epoll = new Epoll(ports.Count + 1);
        _epoll.Add(_stop.Descriptor, StopKey);
        for (int port = 0; port < ports.Count; port++)
        {
            if (ports[port].Device is { } device)
                TryWatch(port, device);
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "fasttun-ports" };
    }

    /// <summary>Starts watching; null when no port has a device.</summary>
    /// <param name="ports">What to watch.</param>
    /// <param name="live">Where changes are reported.</param>
    /// <param name="failed">Told, on the monitor's thread, what ended it.</param>
    public static PortMonitor? Start(IReadOnlyList<Port> ports, LivePorts live, Action<Exception> failed)
    {
        if (ports.All(port => port.Device is null))
            return null;
        var monitor = new PortMonitor(ports, live, failed);
        monitor._thread.UnsafeStart();
        return monitor;
    }

    /// <summary>Ends watching soon; does not wait for it, so that a handler of a change may lead here.</summary>
    public void RequestStop() => _stop.Signal();

    public void Dispose()
    {
        RequestStop();
        _thread.Join();
        foreach (Watch watch in _watches.Values)
            watch.Monitor.Dispose();
        _epoll.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            ReadUntilStopped();
        }
        catch (Exception failure)
        {
            _failed(failure);
        }
    }

    private void ReadUntilStopped()
    {
        Span<int> keys = stackalloc int[16];
        while (true)
        {
            int count = _epoll.Wait(keys, timeoutMs: -1);

            foreach (int port in keys[..count])
            {
                if (port == StopKey)
                    return;
                if (_watches.TryGetValue(port, out Watch? watch))
                    ReadEvents(port, watch);
            }
        }
    }

    private void ReadEvents(int port, Watch watch)
    {
        while (watch.Monitor.TryRead(out LinkEvent? change))
        {
            if (watch.Monitor.HasEnded)
            {
                Follow(port, watch);
                return;
            }

            Report(port, change.Link);
        }
    }

    // Removed here may mean moved elsewhere: the queue knows where its device is, as long as there is one.
    private void Follow(int port, Watch watch)
    {
        _watches.Remove(port);
        _epoll.Remove(watch.Monitor.Descriptor);
        watch.Monitor.Dispose();
        if (IsGone(watch.Device))
        {
            _ports.ReportRemoved(port);
            return;
        }

        _ports.Report(port, PortChangeKind.Moved, state => state);
        TryWatch(port, watch.Device);
    }

    private static bool IsGone(TunDevice device)
    {
        try
        {
            return device.Name.Length == 0;
        }
        catch (Exception exception) when (exception is LinuxException or ObjectDisposedException)
        {
            return true;
        }
    }

    private void TryWatch(int port, TunDevice device)
    {
        try
        {
            TunDeviceMonitor monitor = device.OpenMonitor();
            _watches.Add(port, new Watch(device, monitor));
            _epoll.Add(monitor.Descriptor, port);

            // What happened since the port was made, or during a move, would be told to nobody.
            Report(port, device.Link);
        }
        catch (Exception exception) when (exception is LinuxException or ObjectDisposedException)
        {
            // Not allowed to look there, or gone already: its queues say what matters to the workers.
        }
    }

    private void Report(int port, LinkInfo link)
    {
        _ports.Report(port, link.IsUp ? PortChangeKind.Up : PortChangeKind.Down, state => state with { IsUp = link.IsUp });
        _ports.Report(port, PortChangeKind.Mtu, state => state with { Mtu = link.Mtu });
        _ports.Report(port, PortChangeKind.Renamed, state => state with { Name = link.Name });
    }

    private sealed record Watch(TunDevice Device, TunDeviceMonitor Monitor);
}
