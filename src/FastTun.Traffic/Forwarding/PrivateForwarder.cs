using System.Net;
using FastTun.Engine;
using FastTun.Linux;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Stages;

namespace FastTun.Traffic;

/// <summary>
/// Two hosts of its own, made of nothing but namespaces, and an engine as the only way between them. The client,
/// 198.18.0.1, sends to 198.18.0.2, which is FastTun on its link; there both addresses are rewritten, and the server,
/// 198.19.0.1, sees 198.19.0.2, which is FastTun on the other. Answers go the same way back. So each packet is validated,
/// loses a hop, and has two addresses and all checksums changed. Measures once; any thread, one at a time.
/// </summary>
public sealed class PrivateForwarder : IAsyncDisposable
{
    private static readonly IPAddress Client = IPAddress.Parse("198.18.0.1"), ClientPeer = IPAddress.Parse("198.18.0.2");
    private static readonly IPAddress Server = IPAddress.Parse("198.19.0.1"), ServerPeer = IPAddress.Parse("198.19.0.2");

    private readonly List<IDisposable> _owned = [];
    private readonly NetworkNamespace _clientHost;
    private readonly NetworkNamespace _serverHost;
    private readonly TunDevice _clientDevice;
    private readonly TunDevice _serverDevice;
    private readonly ForwardingEngine _engine;

    private PrivateForwarder(int queues, bool offload, bool steering)
    {
        try
        {
            _clientHost = Own(NetworkNamespace.Create());
            _serverHost = Own(NetworkNamespace.Create());
            _clientDevice = Own(TunDevice.Open(Options("client", queues, offload, new(Client, 32, ClientPeer), _clientHost)));
            _serverDevice = Own(TunDevice.Open(Options("server", queues, offload, new(Server, 32, ServerPeer), _serverHost)));
            _engine = new ForwardingEngine(
                [Port.FromDevice(_clientDevice), Port.FromDevice(_serverDevice)],
                Stages,
                new EngineOptions { Steering = steering });
        }
        catch
        {
            DisposeOwned();
            throw;
        }
    }

    /// <summary>Makes the hosts and begins to forward between them.</summary>
    /// <param name="queues">How many queues each device has, which is also how many workers forward.</param>
    /// <param name="offload">Whether packets may be unfinished: super-packets come and go whole.</param>
    /// <param name="steering">
    /// Whether a program leads both directions of a flow to one worker, where it may be loaded.
    /// </param>
    /// <exception cref="ArgumentException">No device has so many queues.</exception>
    /// <exception cref="LinuxException">EPERM: it takes what 'unshare -Urn' gives.</exception>
    public static PrivateForwarder Start(int queues, bool offload, bool steering = true)
    {
        var forwarder = new PrivateForwarder(queues, offload, steering);
        forwarder._engine.Start();
        return forwarder;
    }

    /// <summary>Sends from the client to the server, then stops forwarding and counts.</summary>
    /// <param name="options">What, how fast, for how long.</param>
    /// <param name="progress">Told how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Ends the sending early.</param>
    /// <exception cref="Exception">What a worker threw, or as of <see cref="Trial.RunAsync"/>.</exception>
    public async Task<ForwardingResult> MeasureAsync(
        TrialOptions options, IProgress<TrialProgress>? progress, CancellationToken cancellationToken)
    {
        var path = new TrialPath(_clientHost, Client, ClientPeer, _serverHost, Server);
        TrialResult traffic = await Trial.RunAsync(path, options, progress, cancellationToken);
        await _engine.StopAsync();
        await _engine.Completion;
        long overrun = (long)(_clientDevice.Statistics.TransmitDrops + _serverDevice.Statistics.TransmitDrops);
        return new ForwardingResult(traffic, _engine.Snapshot(), overrun)
        {
            SteeringRefusal = _engine.SteeringRefusal,
        };
    }

    /// <summary>Stops, and with it all of it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        DisposeOwned();
    }

    private static TunDeviceOptions Options(
        string name, int queues, bool offload, InterfaceAddress address, NetworkNamespace host) => new()
        {
            Name = name,
            QueueCount = queues,
            Addresses = [address],
            Up = true,
            Offloads = offload ? TunOffloads.All : TunOffloads.None,
            Namespace = host,
        };

    private static IReadOnlyList<IPacketStage> Stages() =>
    [
        new ValidationStage(),
        new TimeToLiveStage(),
        new AddressRewriteStage(
            new AddressRewrite(AddressField.Source, Client, ServerPeer, inputPort: 0),
            new AddressRewrite(AddressField.Destination, ClientPeer, Server, inputPort: 0),
            new AddressRewrite(AddressField.Source, Server, ClientPeer, inputPort: 1),
            new AddressRewrite(AddressField.Destination, ServerPeer, Client, inputPort: 1)),
        new CrossConnectStage(),
    ];

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    private void DisposeOwned()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
    }
}
