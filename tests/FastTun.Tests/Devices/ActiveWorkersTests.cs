using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using FastTun.Engine;
using FastTun.Linux.Tun;
using FastTun.TestKit;
using FastTun.Tests.Engine;

namespace FastTun.Tests.Devices;

/// <summary>Workers that are taken out and in while packets flow.</summary>
public class ActiveWorkersTests
{
    private const int Flows = 32;

    // Fewer than a device's queue holds (500 packets), and than a socket's buffer does.
    private const int Window = 128;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Nothing_is_lost_or_doubled_however_often_the_number_changes(int queues)
    {
        const int packets = 40_000;
        await using var router = new Router(queues);
        Task<int> changing;
        using var done = new CancellationTokenSource();
        changing = Task.Run(() => ChangeUntil(router.Engine, done.Token), Token);

        using var flood = new Flood(router);
        flood.Send(packets);
        await done.CancelAsync();

        Assert.InRange(await changing, 100, int.MaxValue);
        Assert.Equal(packets, flood.Received);
        EngineSnapshot snapshot = await router.StopAsync();
        Assert.All(snapshot.Workers, worker => Assert.True(worker.Traffic.PacketsReceived > 0));
        Assert.InRange(snapshot.Total.PacketsTransmitted, packets, long.MaxValue);
        foreach (TunDevice device in new[] { router.LeftDevice, router.RightDevice })
        {
            Assert.Equal(0ul, device.Statistics.TransmitDrops);
            Assert.Equal((uint)queues, device.Link.Tun!.Queues);
        }
    }

    [Fact]
    public async Task A_worker_that_is_out_gets_nothing_and_its_counters_stay()
    {
        await using var router = new Router(queues: 2);
        using var flood = new Flood(router);
        flood.Send(1000);
        Assert.Equal((2, 2), (router.Engine.WorkerCount, router.Engine.ActiveWorkers));

        router.Engine.SetActiveWorkers(1);
        Assert.Equal((2, 1), (router.Engine.WorkerCount, router.Engine.ActiveWorkers));
        long before = Received(router, worker: 1);
        Assert.NotEqual(0, before);
        flood.Send(1000);
        Assert.Equal(before, Received(router, worker: 1));

        router.Engine.SetActiveWorkers(2);
        flood.Send(1000);
        Assert.NotEqual(before, Received(router, worker: 1));
        Assert.Equal(3000, flood.Received);
        Assert.Equal(0, flood.Reordered);
        await router.StopAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_engine_stops_in_order_with_any_number(int active)
    {
        await using var router = new Router(queues: 2);
        router.Engine.SetActiveWorkers(active);
        Assert.True(router.Pings());

        await router.StopAsync();

        Assert.Throws<InvalidOperationException>(() => router.Engine.SetActiveWorkers(3 - active));
    }

    [Fact]
    public async Task A_device_that_is_gone_does_not_keep_the_others_from_changing()
    {
        await using var router = new Router(queues: 2);
        router.Engine.SetActiveWorkers(1);
        router.Left.Run("ip", "link", "delete", "ta").OrThrow();
        router.Await(0, PortChangeKind.Removed);

        router.Engine.SetActiveWorkers(2);

        Assert.Equal(2, router.Engine.ActiveWorkers);
        await router.StopAsync();
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_says_why()
    {
        await using var router = new Router(queues: 2, options: new EngineOptions { Steering = false });
        Assert.Throws<ArgumentOutOfRangeException>(() => router.Engine.SetActiveWorkers(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => router.Engine.SetActiveWorkers(3));
        router.Engine.SetActiveWorkers(2);
        AssertRefused(router.Engine, "steering is off");

        await using var memory = new MemoryEngine(workers: 2);
        memory.Engine.Start();
        AssertRefused(memory.Engine, "not all ports are devices");
        await memory.Engine.StopAsync();
    }

    private static void AssertRefused(ForwardingEngine engine, string why)
    {
        string message = Assert.Throws<InvalidOperationException>(() => engine.SetActiveWorkers(1)).Message;
        Assert.StartsWith($"The number of workers stays 2: {why}", message);
        Assert.Equal(2, engine.ActiveWorkers);
    }

    private static int ChangeUntil(ForwardingEngine engine, CancellationToken done)
    {
        int changes = 0;
        for (; !done.IsCancellationRequested; changes++)
        {
            engine.SetActiveWorkers(1 + changes % engine.WorkerCount);
            Thread.Yield();
        }

        return changes;
    }

    private static long Received(Router router, int worker) =>
        router.Engine.Snapshot().Workers[worker].Traffic.PacketsReceived;

    /// <summary>
    /// Datagrams from left to right, numbered, of many flows, and so many on their way at once as all buffers hold.
    /// </summary>
    private sealed class Flood : IDisposable
    {
        private readonly Socket _receiver;
        private readonly Socket[] _senders;
        private readonly HashSet<int> _seen = [];
        private readonly int[] _last = new int[Flows];
        private int _next = 1;

        public Flood(Router router)
        {
            _receiver = Bind(router.Right, "198.19.0.1");
            _senders = [.. Enumerable.Range(0, Flows).Select(_ => Bind(router.Left, "198.18.0.1"))];
            foreach (Socket sender in _senders)
                sender.Connect(_receiver.LocalEndPoint!);
        }

        /// <summary>How many different ones arrived.</summary>
        public int Received => _seen.Count;

        /// <summary>How many arrived behind a later one of their flow.</summary>
        public int Reordered { get; private set; }

        /// <summary>Sends, and returns when all have arrived; fails when one does not, or arrives twice.</summary>
        public void Send(int count)
        {
            byte[] packet = new byte[4];
            for (int end = _next + count; _next < end; _next++)
            {
                BinaryPrimitives.WriteInt32BigEndian(packet, _next);
                _senders[_next % Flows].Send(packet);
                if (_next - _seen.Count >= Window)
                    Receive(packet);
            }

            while (_seen.Count < _next - 1)
                Receive(packet);
        }

        public void Dispose()
        {
            _receiver.Dispose();
            Array.ForEach(_senders, sender => sender.Dispose());
        }

        private void Receive(byte[] buffer)
        {
            _receiver.Receive(buffer);
            int number = BinaryPrimitives.ReadInt32BigEndian(buffer);
            Assert.True(_seen.Add(number), $"packet {number} arrived twice");
            Reordered += number < _last[number % Flows] ? 1 : 0;
            _last[number % Flows] = number;
        }

        private static Socket Bind(PrivateNetwork host, string address)
        {
            Socket socket =
                host.Namespace.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.ReceiveTimeout = 60_000;
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            return socket;
        }
    }
}
