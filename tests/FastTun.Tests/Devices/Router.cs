using System.Collections.Concurrent;
using FastTun.Engine;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Stages;
using FastTun.TestKit;

namespace FastTun.Tests.Devices;

/// <summary>Two private hosts, 198.18.0.1 and 198.19.0.1, with a TUN each and an engine between them.</summary>
internal sealed class Router : IAsyncDisposable
{
    public Router(
        int queues = 1, int mtu = 1500, Func<IReadOnlyList<IPacketStage>>? stages = null, EngineOptions? options = null)
    {
        LeftDevice = Open(Left, "ta", "198.18.0.1 peer 198.19.0.1", queues, mtu);
        RightDevice = Open(Right, "tb", "198.19.0.1 peer 198.18.0.1", queues, mtu);
        Engine = new ForwardingEngine(
            [Port.FromDevice(LeftDevice), Port.FromDevice(RightDevice)],
            stages ?? (() => [new ValidationStage(), new TimeToLiveStage(), new CrossConnectStage()]),
            options);
        Engine.PortChanged += (_, change) => Changes.Enqueue(change);
        Engine.Start();
    }

    public PrivateNetwork Left { get; } = PrivateNetwork.Create();

    public PrivateNetwork Right { get; } = PrivateNetwork.Create();

    public TunDevice LeftDevice { get; }

    public TunDevice RightDevice { get; }

    public ForwardingEngine Engine { get; }

    public ConcurrentQueue<PortChange> Changes { get; } = [];

    public static TunDevice Open(PrivateNetwork host, string name, string address, int queues, int mtu) => TunDevice.Open(new TunDeviceOptions
    {
        Name = name,
        QueueCount = queues,
        Mtu = mtu,
        Addresses = [InterfaceAddress.Parse(address)],
        Up = true,
        Namespace = host.Namespace,
    });

    /// <summary>Whether pings from left to right are all answered.</summary>
    public bool Pings(int count = 3) => Left.Run("ping", "-c", $"{count}", "-i", "0.01", "-W", "1", "198.19.0.1").ExitCode == 0;

    /// <summary>Waits until a change has been told.</summary>
    public PortChange Await(int port, PortChangeKind kind)
    {
        Eventually.Holds(() => Changes.Any(change => change.Port == port && change.Kind == kind));
        return Changes.First(change => change.Port == port && change.Kind == kind);
    }

    /// <summary>The counters after an orderly stop, once they have been found to add up.</summary>
    public async Task<EngineSnapshot> StopAsync()
    {
        await Engine.StopAsync();
        EngineSnapshot snapshot = Engine.Snapshot();
        Assert.True(snapshot.Total.IsConserved, $"{snapshot.Total}");
        Assert.All(snapshot.Workers, worker => Assert.True(worker.Traffic.IsConserved, $"{worker}"));
        return snapshot;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        LeftDevice.Dispose();
        RightDevice.Dispose();
        Left.Dispose();
        Right.Dispose();
    }
}
