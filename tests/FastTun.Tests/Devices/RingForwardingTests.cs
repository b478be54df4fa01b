using FastTun.Engine;
using FastTun.Linux;
using FastTun.Linux.Tun;
using FastTun.Queues;
using FastTun.TestKit;

namespace FastTun.Tests.Devices;

/// <summary>An engine over io_uring, and one that cannot have it.</summary>
public class RingForwardingTests
{
    private const uint IoUringSetup = 425; // on every architecture
    private const int Forbidden = 1;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_stream_arrives_as_it_was_sent(bool leftOffload, bool rightOffload)
    {
        await using var router = new OffloadRouter(leftOffload, rightOffload, io: QueueIo.IoUring);
        router.Engine.Start();
        await router.AssertStreamArrivesAsync(ipv6: false, Token);
        await router.StopAsync();
    }

    [Fact]
    public void Where_it_is_forbidden_a_port_says_so_before_anything_moves()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using TunDevice device = TunDevice.Open(new TunDeviceOptions { Name = "ta", Namespace = host.Namespace });
        LinuxException? refusal = null;
        Seccomp.Run(IoUringSetup, Forbidden, () =>
        {
            Assert.False(TunRing.IsAvailable(out _));
            refusal = Assert.Throws<LinuxException>(() => Port.FromDevice(device, io: QueueIo.IoUring));
            Assert.Single(Port.FromDevice(device).Queues);
        });
        Assert.Equal(Errno.EPERM, refusal!.Error);
        Assert.Contains("use epoll", refusal.Message);
    }

    [Fact]
    public async Task Where_a_worker_cannot_have_a_ring_the_engine_fails_with_the_reason()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using TunDevice device = TunDevice.Open(new TunDeviceOptions { Name = "ta", Namespace = host.Namespace });
        await using var engine = new ForwardingEngine([Port.FromDevice(device, io: QueueIo.IoUring)], () => []);

        // Threads have the filter of the thread that starts them.
        Seccomp.Run(IoUringSetup, Forbidden, engine.Start);
        LinuxException refusal = await Assert.ThrowsAsync<LinuxException>(() => engine.Completion);
        Assert.Equal(Errno.EPERM, refusal.Error);
    }
}
