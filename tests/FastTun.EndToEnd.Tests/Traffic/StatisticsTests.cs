using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>What a run says at its end, to programs and to people.</summary>
public class StatisticsTests
{
    [Fact]
    public void The_JSON_has_the_keys_that_are_promised()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues: 2);
        hosts.Ping(3);
        JsonElement statistics = forward.StopInOrder().Statistics;
        string[] traffic =
        [
            "packets_received", "packets_transmitted", "bytes_received", "bytes_transmitted",
            "drops", "batches", "syscalls",
        ];
        Assert.Equal(["total", "ports", "workers"], Keys(statistics));
        Assert.Equal([.. traffic, "cpu_seconds"], Keys(statistics.GetProperty("total")));
        string[] port = ["name", .. traffic, "refused_offloads"];
        Assert.Equal([port, port], Each(statistics, "ports"));
        Assert.Equal(
            [["index", .. traffic, "cpu_seconds"], ["index", .. traffic, "cpu_seconds"]], Each(statistics, "workers"));
        Assert.InRange(statistics.GetProperty("total").GetProperty("cpu_seconds").GetDouble(), 0.000_001, 60);
    }

    [Fact]
    public void Without_JSON_the_counters_are_a_table()
    {
        using PrivateNetwork host = QuietHosts.CreateHost();
        using Tool tool = Command.StartPlain(host, "reflect", "tun0,address=198.18.0.1 peer 198.18.0.2");
        tool.WaitForText("ready\n");
        QuietHosts.Ping(host, 3, "198.18.0.2");
        Tool.Start("kill", "-TERM", $"{tool.Id}").Wait().OrThrow();
        string table = tool.Wait().OrThrow().Output;
        Assert.Matches(@"tun0 +3 +3 +0 +252 +252 ", table);
        Assert.Matches(@"total +3 +3 +0 +252 +252 ", table);
    }

    private static IEnumerable<string[]> Each(JsonElement statistics, string parts) =>
        statistics.GetProperty(parts).EnumerateArray().Select(Keys);

    private static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];
}
