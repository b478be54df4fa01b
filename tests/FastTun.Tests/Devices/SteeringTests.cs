using System.Net;
using System.Net.Sockets;
using FastTun.Batching;
using FastTun.Engine;
using FastTun.Linux;
using FastTun.Linux.Tun;
using FastTun.Stages;
using FastTun.TestKit;
using FastTun.Tests.Engine;

namespace FastTun.Tests.Devices;

/// <summary>Which workers the flows between two real devices meet.</summary>
public class SteeringTests
{
    private const int Queues = 4, Flows = 64, FirstPort = 20_000, Service = 9;
    private const string Left = "198.18.0.1", Right = "198.19.0.1", LeftOutside = "203.0.113.1";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Both_directions_of_a_flow_meet_one_worker(bool translated)
    {
        var stamp = new WorkerStamp();
        await using var router = new Router(Queues, stages: () => Stages(stamp, translated));
        Assert.Null(router.Engine.SteeringRefusal);

        SendBothWays(router, stamp, translated ? LeftOutside : Left);

        Assert.All(WorkersAFlow(stamp), workers => Assert.Equal(1, workers));
        Assert.Equal(Queues, stamp.Workers);
        await router.StopAsync();
    }

    [Fact]
    public async Task Without_it_the_kernel_tells_translated_flows_apart()
    {
        var stamp = new WorkerStamp();
        var options = new EngineOptions { Steering = false };
        await using var router = new Router(Queues, stages: () => Stages(stamp, translated: true), options: options);

        SendBothWays(router, stamp, LeftOutside);

        Assert.Contains(2, WorkersAFlow(stamp));
        await router.StopAsync();
    }

    [Fact]
    public async Task Where_no_program_may_be_loaded_it_says_so_and_forwards()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using TunDevice left = Router.Open(host, "ta", "198.18.0.1 peer 198.18.0.2", 2, 1500);
        using TunDevice right = Router.Open(host, "tb", "198.19.0.1 peer 198.19.0.2", 2, 1500);
        await using var engine =
            new ForwardingEngine([Port.FromDevice(left), Port.FromDevice(right)], () => [new ReflectStage()]);
        Unprivileged.Run(host.Namespace, engine.Start);

        Assert.Equal(Errno.EPERM, engine.SteeringRefusal?.Error);
        host.Run("ping", "-c", "3", "-i", "0.01", "-W", "20", "198.18.0.2").OrThrow();
        var refusal = Assert.Throws<InvalidOperationException>(() => engine.SetActiveWorkers(1));
        Assert.StartsWith("The number of workers stays 2: bpf BPF_PROG_LOAD: EPERM: ", refusal.Message);
        await engine.StopAsync();
        Assert.True(engine.Snapshot().Total.IsConserved);
    }

    [Fact]
    public async Task An_engine_that_is_gone_steers_no_more()
    {
        await using var router = new Router(queues: 2);
        router.Engine.SetActiveWorkers(1);
        await router.Engine.DisposeAsync();

        for (int flow = 0; flow < Flows; flow++)
        {
            using Socket client = Socket(router.Left, Left, FirstPort + flow);
            client.SendTo([1], Target);
        }

        Assert.All(router.LeftDevice.Queues, queue => Assert.True(queue.TryRead(new byte[2048]).IsSuccess));
    }

    [Fact]
    public async Task Queues_of_the_device_that_are_somebody_elses_get_their_share()
    {
        await using var router = new Router(queues: 2);
        router.Engine.SetActiveWorkers(1);
        router.Engine.SetActiveWorkers(2);
        TunQueue other = router.LeftDevice.AttachQueue();

        for (int flow = 0; flow < Flows; flow++)
        {
            using Socket client = Socket(router.Left, Left, FirstPort + flow);
            client.SendTo([1], Target);
        }

        Assert.True(other.TryRead(new byte[2048]).IsSuccess);
        await router.StopAsync();
    }

    private static IPEndPoint Target => new(IPAddress.Parse(Right), Service);

    private static IReadOnlyList<IPacketStage> Stages(WorkerStamp stamp, bool translated) =>
    [
        new ValidationStage(),
        stamp.Next(),
        new AddressRewriteStage(translated
            ?
            [
                new AddressRewrite(AddressField.Source, IPAddress.Parse(Left), IPAddress.Parse(LeftOutside), 0),
                new AddressRewrite(AddressField.Destination, IPAddress.Parse(LeftOutside), IPAddress.Parse(Left), 1),
            ]
            : []),
        new ActionStage(packet => packet.Drop(DropReason.NoOutputPort)),
    ];

    // A datagram there and one back for each flow. None arrives, as the driver would learn from what is written to it.
    private static void SendBothWays(Router router, WorkerStamp stamp, string leftAsSeen)
    {
        router.Right.Run("ip", "route", "replace", leftAsSeen, "dev", "tb").OrThrow();
        using Socket server = Socket(router.Right, Right, Service);
        for (int port = FirstPort; port < FirstPort + Flows; port++)
        {
            using Socket client = Socket(router.Left, Left, port);
            client.SendTo([1], Target);
            server.SendTo([2], new IPEndPoint(IPAddress.Parse(leftAsSeen), port));
        }

        Eventually.Holds(() => stamp.Seen.Values.Sum() == 2 * Flows);
    }

    private static IEnumerable<int> WorkersAFlow(WorkerStamp stamp) =>
        Enumerable.Range(FirstPort + Service, Flows).Select(flow => stamp.WorkersOf(flow).Count());

    private static Socket Socket(PrivateNetwork host, string address, int port)
    {
        Socket socket =
            host.Namespace.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = 60_000;
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    }
}
