using System.Net;
using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>Bulk through <c>fasttun forward</c>: all arrives, in order, and the kernel has counted the same.</summary>
public class TransferTests
{
    [Theory]
    [InlineData(1, QuietHosts.RightAddress)]
    [InlineData(2, QuietHosts.RightAddressV6)]
    public void Streams_arrive_whole(int queues, string address)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues, "--ttl");
        Assert.Equal(TcpStream.Hash, TcpStream.Receive(hosts, IPAddress.Parse(address)));
        RunResult result = forward.StopInOrder();
        Assert.InRange(result.OfPort("tb", "bytes_transmitted"), TcpStream.Length, long.MaxValue);
        Assert.Empty(result.TotalDrops);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Datagrams_of_a_flow_stay_in_order_at_full_load(int queues)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues);
        JsonElement end = Iperf.Run(hosts, QuietHosts.RightAddress, "-u", "-b", "0", "-l", "64", "-P", "16", "-t", "1");
        JsonElement[] flows = [.. end.GetProperty("streams").EnumerateArray().Select(stream => stream.GetProperty("udp"))];
        Assert.Equal(16, flows.Length);
        Assert.All(flows, flow => Assert.Equal(0, flow.GetProperty("out_of_order").GetInt64()));
        Assert.All(flows, flow => Assert.NotEqual(0, flow.GetProperty("packets").GetInt64()));
        Assert.Empty(forward.StopInOrder().TotalDrops);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_kernel_has_counted_the_same(int queues)
    {
        using var hosts = new QuietHosts();
        hosts.AddPersistentDevices(queues);
        RunResult result;
        using (RunningCommand forward = hosts.Forward(queues))
        {
            Iperf.Run(hosts, QuietHosts.RightAddress, "-n", "2M", "-P", "4");
            result = forward.StopInOrder();
        }

        // What a device transmits the engine receives, and the other way round.
        foreach ((PrivateNetwork host, string device) in new[] { (hosts.Left, "ta"), (hosts.Right, "tb") })
        {
            JsonElement kernel = host.Ip("-s", "link", "show", device)[0].GetProperty("stats64");
            foreach (string unit in new[] { "packets", "bytes" })
            {
                Assert.Equal(Count(kernel, "tx", unit), result.OfPort(device, $"{unit}_received"));
                Assert.Equal(Count(kernel, "rx", unit), result.OfPort(device, $"{unit}_transmitted"));
            }
        }
    }

    [Fact]
    public void Many_streams_at_once_lose_nothing_on_the_way()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues: 2, "--ttl");
        JsonElement end = Iperf.Run(hosts, QuietHosts.RightAddress, "-n", "20M", "-P", "8", "--bidir");
        Assert.Equal(16, end.GetProperty("streams").GetArrayLength());
        Assert.All(end.GetProperty("streams").EnumerateArray(), stream => Assert.NotEqual(0, Bytes(stream)));
        Assert.Empty(forward.StopInOrder().TotalDrops);
    }

    // A stream either way has one end here.
    private static long Bytes(JsonElement stream) =>
        Math.Max(Count(stream, "sender", "bytes"), Count(stream, "receiver", "bytes"));

    private static long Count(JsonElement element, string part, string unit) =>
        element.GetProperty(part).GetProperty(unit).GetInt64();
}
