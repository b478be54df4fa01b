using System.Net;
using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>Bulk through <c>fasttun forward</c>: all arrives, in order, and the kernel has counted the same.</summary>
public class TransferTests
{
    [Theory]
    [InlineData(1, QuietHosts.RightAddress, true, true)]
    [InlineData(2, QuietHosts.RightAddressV6, false, false)]
    [InlineData(1, QuietHosts.RightAddressV6, true, false)]
    [InlineData(2, QuietHosts.RightAddress, false, true)]
    public void Streams_arrive_whole(int queues, string address, bool leftOffload, bool rightOffload)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues, leftOffload, rightOffload, "--ttl");
        Assert.Equal(TcpStream.Hash, TcpStream.Receive(hosts, IPAddress.Parse(address)));
        RunResult result = forward.StopInOrder();
        Assert.InRange(result.OfPort("tb", "bytes_transmitted"), TcpStream.Length, long.MaxValue);
        Assert.Empty(result.TotalDrops);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public void Datagrams_of_a_flow_stay_in_order_at_full_load(int queues, bool offload)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues, offload, offload);
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
        foreach (PortCounts counts in Transfer(queues, offload: false))
        {
            Assert.Equal(counts.KernelSent, counts.Received);
            Assert.Equal(counts.KernelReceived, counts.Transmitted);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_kernel_counts_a_super_packet_once_and_the_command_its_segments(int queues)
    {
        PortCounts[] all = Transfer(queues, offload: true);
        foreach (PortCounts counts in all)
        {
            Assert.Equal(counts.KernelSent.Bytes, counts.Received.Bytes);
            Assert.InRange(counts.KernelSent.Packets, 1, counts.Received.Packets);
            Assert.InRange(counts.KernelReceived.Packets, 1, counts.Transmitted.Packets);
            Assert.InRange(counts.KernelReceived.Bytes, 1, counts.Transmitted.Bytes); // Joined packets share their headers.
        }

        Assert.Equal(all.Sum(port => port.Received.Packets), all.Sum(port => port.Transmitted.Packets));
        Assert.True(all[0].Received.Packets > 3 * all[0].KernelSent.Packets, $"{all[0]}");
    }

    [Fact]
    public void Many_streams_at_once_lose_nothing_on_the_way()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues: 2, "--ttl");
        JsonElement end = Iperf.Run(hosts, QuietHosts.RightAddress, "-t", "1", "-P", "8", "--bidir");
        Assert.Equal(16, end.GetProperty("streams").GetArrayLength());
        Assert.All(end.GetProperty("streams").EnumerateArray(), stream => Assert.NotEqual(0, Bytes(stream)));
        Assert.Empty(forward.StopInOrder().TotalDrops);
    }

    // What a device transmits the engine receives, and the other way round.
    private static PortCounts[] Transfer(int queues, bool offload)
    {
        using var hosts = new QuietHosts();
        hosts.AddPersistentDevices(queues);
        RunResult result;
        using (RunningCommand forward = hosts.Forward(queues, offload, offload))
        {
            Iperf.Run(hosts, QuietHosts.RightAddress, "-n", "2M", "-P", "4");
            result = forward.StopInOrder();
        }

        return [PortCounts.Of(hosts.Left, "ta", result), PortCounts.Of(hosts.Right, "tb", result)];
    }

    // A stream either way has one end here.
    private static long Bytes(JsonElement stream) =>
        Math.Max(Count(stream, "sender", "bytes"), Count(stream, "receiver", "bytes"));

    private static long Count(JsonElement element, string part, string unit) =>
        element.GetProperty(part).GetProperty(unit).GetInt64();

    private sealed record PortCounts(
        (long Packets, long Bytes) KernelSent,
        (long Packets, long Bytes) KernelReceived,
        (long Packets, long Bytes) Received,
        (long Packets, long Bytes) Transmitted)
    {
        public static PortCounts Of(PrivateNetwork host, string device, RunResult result)
        {
            JsonElement kernel = host.Ip("-s", "link", "show", device)[0].GetProperty("stats64");
            return new(
                (Count(kernel, "tx", "packets"), Count(kernel, "tx", "bytes")),
                (Count(kernel, "rx", "packets"), Count(kernel, "rx", "bytes")),
                (result.OfPort(device, "packets_received"), result.OfPort(device, "bytes_received")),
                (result.OfPort(device, "packets_transmitted"), result.OfPort(device, "bytes_transmitted")));
        }
    }
}
