using FastTun.Batching;
using FastTun.Engine;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Tests.Devices;

/// <summary>What happens to devices while the engine runs is an event and a counter, and the rest goes on.</summary>
public class DeviceChangeTests
{
    [Fact]
    public async Task A_device_that_goes_down_drops_and_that_comes_up_forwards_again()
    {
        await using var router = new Router();
        Assert.True(router.Pings());
        router.RightDevice.Down();
        Assert.False(router.Await(1, PortChangeKind.Down).After.IsUp);
        Assert.False(router.Pings(1));
        Assert.True(router.Engine.Snapshot().Total.Drops[DropReason.OutputDown] > 0);

        router.RightDevice.Up();
        Assert.True(router.Await(1, PortChangeKind.Up).After.IsUp);
        Assert.True(router.Pings());
        Assert.Equal(2, (await router.StopAsync()).PortEvents);
    }

    [Fact]
    public async Task A_start_that_fails_leaves_an_engine_that_can_be_disposed_of()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using TunDevice device = Router.Open(host, "ta", "198.18.0.1 peer 198.18.0.2", 1, 1500);
        var engine = new ForwardingEngine([Port.FromDevice(device)], () => []);
        engine.PortChanged += (_, _) => throw new InvalidTimeZoneException();
        device.Down();
        Assert.Throws<InvalidTimeZoneException>(engine.Start);
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => engine.Completion);
    }

    [Fact]
    public async Task A_new_MTU_is_kept_from_the_next_batch_on()
    {
        await using var router = new Router();
        Assert.Equal(0, router.Left.Run("ping", "-c", "1", "-W", "5", "-s", "1400", "198.19.0.1").ExitCode);
        router.RightDevice.Mtu = 1000;
        PortChange change = router.Await(1, PortChangeKind.Mtu);
        Assert.Equal((1500, 1000), (change.Before.Mtu, change.After.Mtu));
        Assert.NotEqual(0, router.Left.Run("ping", "-c", "1", "-W", "1", "-s", "1400", "198.19.0.1").ExitCode);
        Assert.Equal(1, (await router.StopAsync()).Total.Drops[DropReason.ExceedsMtu]);
    }

    [Fact]
    public async Task A_renamed_device_goes_on_under_its_new_name()
    {
        await using var router = new Router();
        router.RightDevice.Rename("newname");
        Assert.Equal("newname", router.Await(1, PortChangeKind.Renamed).After.Name);
        Assert.True(router.Pings());
        Assert.Equal("newname", (await router.StopAsync()).Ports[1].Name);
    }

    [Fact]
    public async Task A_device_that_moves_to_another_namespace_is_followed()
    {
        await using var router = new Router();
        using PrivateNetwork elsewhere = PrivateNetwork.Create();
        router.RightDevice.MoveTo(elsewhere.Namespace);
        router.Await(1, PortChangeKind.Moved);

        // It arrives down and without addresses, as the kernel does it.
        elsewhere.Run("ip", "addr", "add", "198.19.0.1", "peer", "198.18.0.1", "dev", "tb").OrThrow();
        elsewhere.Run("ip", "link", "set", "tb", "up").OrThrow();
        router.Await(1, PortChangeKind.Up);
        Assert.True(router.Pings());
        await router.StopAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_deleted_device_is_removed_once_and_the_engine_goes_on(int queues)
    {
        await using var router = new Router(queues);
        Assert.True(router.Pings());
        router.Right.Run("ip", "link", "delete", "tb").OrThrow();
        router.Await(1, PortChangeKind.Removed);
        router.Pings(1);
        EngineSnapshot snapshot = await router.StopAsync();
        Assert.True(snapshot.Total.Drops[DropReason.OutputGone] > 0);
        Assert.Equal(1, router.Changes.Count(change => change.Kind == PortChangeKind.Removed));
        Assert.True(router.Engine.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_handler_that_throws_stops_the_engine_and_one_may_stop_it_without_waiting()
    {
        await using var router = new Router();
        router.Engine.PortChanged += (_, _) => throw new InvalidOperationException("broken handler");
        router.RightDevice.Down();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => router.Engine.Completion);
        Assert.Equal("broken handler", error.Message);

        await using var other = new Router();
        Task? stopped = null;
        other.Engine.PortChanged += (_, _) => stopped = other.Engine.StopAsync();
        other.RightDevice.Down();
        await other.Engine.Completion;
        Eventually.Holds(() => Volatile.Read(ref stopped) is not null); // the handler may have been overtaken
        await stopped!;
    }
}
