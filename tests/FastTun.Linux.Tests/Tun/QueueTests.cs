using System.Text.Json;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>Queues that come and go while packets flow.</summary>
public sealed class QueueTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Attached_and_detached_is_what_iproute2_sees()
    {
        using TunDevice device = Open(queues: 2);
        Assert.Equal((2, 0), Counted());

        TunQueue third = device.AttachQueue();
        Assert.Equal((3, 0), Counted());
        Assert.Equal([0, 1, 2], device.Queues.Select(queue => queue.Index));

        third.Detach();
        device.Queues[0].Detach();
        Assert.Equal((1, 2), Counted());
        Assert.Equal([false, true, false], device.Queues.Select(queue => queue.IsAttached));

        third.Attach();
        Assert.Equal((2, 1), Counted());
        third.Dispose();
        Assert.Equal((1, 1), Counted());
        Assert.Equal([0, 1], device.Queues.Select(queue => queue.Index));
        Assert.Equal(3, device.AttachQueue().Index);
        Assert.Equal((2, 1), Counted());
    }

    [Fact]
    public void Twice_is_refused()
    {
        using TunDevice device = Open(queues: 2);
        device.Queues[1].Detach();

        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(device.Queues[1].Detach).Error);
        device.Queues[1].Attach();
        var refusal = Assert.Throws<LinuxException>(device.Queues[1].Attach);
        Assert.Equal(Errno.EINVAL, refusal.Error);
        Assert.StartsWith("TUNSETQUEUE attach mq0 queue 1: EINVAL: ", refusal.Message);
    }

    [Fact]
    public void With_all_queues_detached_the_device_still_answers()
    {
        using TunDevice device = Open(queues: 2);
        foreach (TunQueue queue in device.Queues)
            queue.Detach();

        Assert.Equal("mq0", device.Name);
        device.Mtu = 1400;
        Assert.Equal(1400, device.Mtu);
        Assert.Equal(3, device.AttachQueue().Index + 1);
    }

    [Fact]
    public void A_detached_queue_leaves_its_flows_to_the_others()
    {
        using TunDevice device = Open(queues: 3);
        using var others = new Answering([device.Queues[1]], 0);

        // Twenty pings are twenty flows; a queue that nobody reads would swallow its share.
        device.Queues[0].Detach();
        device.Queues.Single(queue => queue.Index == 2).Dispose();
        for (int i = 1; i <= 20; i++)
            _network.Run("ping", "-n", "-c", "1", "-W", "20", $"198.51.100.{i}").OrThrow();

        Assert.Equal(Errno.EAGAIN, device.Queues[0].TryRead(new byte[2048]).Error);
    }

    [Fact]
    public void Flows_are_spread_over_all_queues()
    {
        using TunDevice device = Open(queues: 4);
        for (int i = 1; i <= 100; i++)
            _network.Run("ping", "-n", "-c", "1", "-W", "0.001", $"198.51.100.{i}");

        Assert.All(device.Queues, queue => Assert.True(queue.TryRead(new byte[2048]).IsSuccess));
    }

    [Fact]
    public void A_queue_that_is_attached_later_is_like_the_others()
    {
        using TunDevice device = TunDevice.Open(new TunDeviceOptions
        {
            Name = "mq0",
            Mode = TunMode.Tap,
            MultiQueue = true,
            PacketInformation = true,
            VirtioNetHeader = true,
            Namespace = _network.Namespace,
        });

        device.AttachQueue();

        JsonElement data = Data();
        Assert.True(data.GetProperty("pi").GetBoolean() && data.GetProperty("vnet_hdr").GetBoolean());
        Assert.Equal((2, 0), Counted());
    }

    private JsonElement Data() =>
        _network.Ip("link", "show", "dev", "mq0")[0].GetProperty("linkinfo").GetProperty("info_data");

    private (int Enabled, int Disabled) Counted()
    {
        JsonElement data = Data();
        return (data.GetProperty("numqueues").GetInt32(), data.GetProperty("numdisabled").GetInt32());
    }

    private TunDevice Open(int queues) => TunDevice.Open(new TunDeviceOptions
    {
        Name = "mq0",
        QueueCount = queues,
        Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")],
        Up = true,
        Namespace = _network.Namespace,
    });
}
