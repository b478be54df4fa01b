using FastTun.Engine;
using FastTun.Linux.Tun;
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
        await using var router = new Router(queues);
        ToolResult ping = router.Left.Run("ping", "-c", "20", "-l", "20", "-i", "10", "-W", "5", "198.19.0.1").OrThrow();
        Assert.Contains("20 received", ping.Output);
        Assert.Contains("ttl=63", ping.Output);

        EngineSnapshot snapshot = await router.StopAsync();
        Assert.True(snapshot.Total.PacketsTransmitted >= 40, $"{snapshot.Total}");
        Assert.True(snapshot.CpuTime > TimeSpan.Zero);
        Assert.Equal(["ta", "tb"], snapshot.Ports.Select(port => port.Name));
    }

    [Fact]
    public void A_device_with_packet_information_is_refused()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using TunDevice device = TunDevice.Open(new TunDeviceOptions
        {
            Name = "ta",
            PacketInformation = true,
            Namespace = host.Namespace,
        });
        Assert.Contains("ta has", Assert.Throws<ArgumentException>(() => Port.FromDevice(device)).Message);
    }
}
