using FastTun.Engine;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Stages;
using FastTun.TestKit;

namespace FastTun.Tests.Devices;

/// <summary>The engine between real devices in two private hosts.</summary>
public class TunForwardingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ping_crosses_and_every_packet_is_counted(int queues)
    {
        using PrivateNetwork left = PrivateNetwork.Create(), right = PrivateNetwork.Create();
        using TunDevice a = Open(left, "ta", "198.18.0.1 peer 198.19.0.1", queues);
        using TunDevice b = Open(right, "tb", "198.19.0.1 peer 198.18.0.1", queues);
        await using var engine = new ForwardingEngine(
            [Port.FromDevice(a), Port.FromDevice(b)],
            () => [new ValidationStage(), new TimeToLiveStage(), new CrossConnectStage()]);
        engine.Start();

        ToolResult ping = left.Run("ping", "-c", "20", "-i", "0.01", "-W", "5", "198.19.0.1").OrThrow();
        Assert.Contains("20 received", ping.Output);
        Assert.Contains("ttl=63", ping.Output);
        await engine.StopAsync();
        EngineSnapshot snapshot = engine.Snapshot();
        Assert.True(snapshot.Total.IsConserved);
        Assert.True(snapshot.Total.PacketsTransmitted >= 40, $"{snapshot.Total}");
        Assert.True(snapshot.CpuTime > TimeSpan.Zero);
    }

    private static TunDevice Open(PrivateNetwork host, string name, string address, int queues) => TunDevice.Open(new TunDeviceOptions
    {
        Name = name,
        QueueCount = queues,
        Addresses = [InterfaceAddress.Parse(address)],
        Up = true,
        Namespace = host.Namespace,
    });
}
