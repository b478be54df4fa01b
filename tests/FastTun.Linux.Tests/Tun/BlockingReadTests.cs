using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>
/// How a blocked read ends: by a packet, the time, a cancellation, or the end of the queue or the device.
/// </summary>
public sealed class BlockingReadTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly TunDevice _device;

    public BlockingReadTests() => _device = TunDevice.Open(new TunDeviceOptions
    {
        Namespace = _network.Namespace,
        Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 192.0.2.2/32")],
    });

    public void Dispose()
    {
        _device.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void By_a_packet()
    {
        using var reader = new Reader(_device.Queues[0]);
        reader.WaitUntilAsleep();

        _device.Up();
        using Tool ping = _network.Start("ping", "-n", "-c", "1", "192.0.2.2");

        Assert.InRange(reader.Result(), 20, 1500);
    }

    [Fact]
    public void By_the_time()
    {
        long start = Environment.TickCount64;

        Assert.Equal(0, _device.Read(new byte[100], TimeSpan.FromMilliseconds(30), TestContext.Current.CancellationToken));

        Assert.True(Environment.TickCount64 - start >= 30);
        Assert.Equal(0, _device.Read(new byte[100], TimeSpan.Zero, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void By_a_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        using var reader = new Reader(_device.Queues[0], cancellation.Token);
        reader.WaitUntilAsleep();

        cancellation.Cancel();

        Assert.IsType<OperationCanceledException>(reader.Failure());
        Assert.Throws<OperationCanceledException>(() => _device.Read(new byte[100], cancellationToken: cancellation.Token));
    }

    [Fact]
    public void By_closing_the_queue()
    {
        using var first = new Reader(_device.Queues[0]);
        using var second = new Reader(_device.Queues[0], TestContext.Current.CancellationToken);
        first.WaitUntilAsleep();
        second.WaitUntilAsleep();

        _device.Dispose();

        Assert.IsType<ObjectDisposedException>(first.Failure());
        Assert.IsType<ObjectDisposedException>(second.Failure());
        Assert.False(_network.Routes.TryGetLink("tun0", out _));
        Assert.Throws<ObjectDisposedException>(() => _device.Read(new byte[100], null, CancellationToken.None));
    }

    [Fact]
    public void By_the_end_of_the_device()
    {
        using var reader = new Reader(_device.Queues[0]);
        reader.WaitUntilAsleep();

        _network.Routes.DeleteLink(_device.Index);

        Assert.Equal(Errno.EBADFD, Assert.IsType<LinuxException>(reader.Failure()).Error);
    }

    [Fact]
    public void A_wake_up_at_any_moment_is_not_lost()
    {
        for (int i = 0; i < 300; i++)
        {
            using TunDevice device = TunDevice.Open(new TunDeviceOptions { Namespace = _network.Namespace });
            using var cancellation = new CancellationTokenSource();
            using var closed = new Reader(device.Queues[0]);
            using var cancelled = new Reader(device.Queues[0], cancellation.Token);

            // The readers are anywhere between their first line and their sleep.
            Thread.SpinWait(i * 20);
            cancellation.Cancel();
            Assert.True(cancelled.Failure() is OperationCanceledException);
            device.Dispose();
            Assert.IsType<ObjectDisposedException>(closed.Failure());
        }
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _device.Read([], null, CancellationToken.None));
        TimeSpan past = TimeSpan.FromMilliseconds(-1);
        Assert.Throws<ArgumentException>(() => _device.Read(new byte[1], past, CancellationToken.None));
    }

    /// <summary>A thread that reads once.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly Thread _thread;
        private volatile string? _task;
        private Exception? _failure;
        private int _result = -1;

        public Reader(TunQueue queue, CancellationToken cancellationToken = default)
        {
            _thread = new Thread(() =>
            {
                _task = File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false)!.FullName;
                try
                {
                    _result = queue.Read(new byte[2048], cancellationToken: cancellationToken);
                }
                catch (Exception failure)
                {
                    _failure = failure;
                }
            })
            { IsBackground = true };
            _thread.Start();
        }

        /// <summary>Waits until the kernel has the thread asleep in poll(2).</summary>
        public void WaitUntilAsleep()
        {
            while (_task is null || !File.ReadAllText(_task + "/wchan").Contains("poll"))
            {
                Assert.True(_thread.IsAlive, "the read ended");
                Thread.Yield();
            }
        }

        public int Result()
        {
            Dispose();
            return _failure is null ? _result : throw _failure;
        }

        public Exception? Failure()
        {
            Dispose();
            return _failure;
        }

        public void Dispose() => Assert.True(_thread.Join(TimeSpan.FromMinutes(1)), "the read does not end");
    }
}
