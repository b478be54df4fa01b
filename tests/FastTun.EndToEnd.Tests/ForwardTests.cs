using System.Text.Json;
using System.Text.RegularExpressions;
using FastTun.Linux;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

public class ForwardTests
{
    [Theory]
    [InlineData("TERM", 1)]
    [InlineData("INT", 2)]
    public void Packets_cross_and_a_signal_ends_it_in_order(string signal, int queues)
    {
        using var hosts = new TwoHosts(portKeys: $"queues={queues}");
        Assert.Contains("20 received", hosts.Ping(20));
        RunResult result = hosts.Forwarder.Stop(signal);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        result.AssertConserved();
        Assert.InRange(result.OfPort("ta", "packets_received"), 20, long.MaxValue);
        Assert.InRange(result.OfPort("ta", "packets_transmitted"), 20, long.MaxValue);
        Assert.Equal(queues, result.Statistics.GetProperty("workers").GetArrayLength());
    }

    [Fact]
    public void Statistics_have_the_keys_that_are_promised()
    {
        using var hosts = new TwoHosts();
        hosts.Ping(3);
        JsonElement statistics = hosts.Forwarder.Stop().Statistics;
        string[] traffic =
        [
            "packets_received", "packets_transmitted", "bytes_received", "bytes_transmitted",
            "drops", "batches", "syscalls",
        ];
        Assert.Equal(["total", "ports", "workers"], Keys(statistics));
        Assert.Equal([.. traffic, "cpu_seconds"], Keys(statistics.GetProperty("total")));
        Assert.Equal(["name", .. traffic], Keys(statistics.GetProperty("ports")[0]));
        Assert.Equal(["index", .. traffic, "cpu_seconds"], Keys(statistics.GetProperty("workers")[0]));
        Assert.InRange(statistics.GetProperty("total").GetProperty("cpu_seconds").GetDouble(), 0.000_001, 60);
    }

    [Theory]
    [InlineData(false, "ttl=64")]
    [InlineData(true, "ttl=63")]
    public void Time_to_live_is_touched_only_when_asked(bool asked, string expected)
    {
        using var hosts = new TwoHosts(asked ? ["--ttl"] : []);
        Assert.Contains(expected, hosts.Ping(1));
    }

    [Fact]
    public void A_packet_whose_time_is_up_is_counted_by_its_reason()
    {
        using var hosts = new TwoHosts(["--ttl"]);
        hosts.Left.Run("ping", "-c", "3", "-i", "0.01", "-W", "0.01", "-t", "1", TwoHosts.RightAddress);
        RunResult result = hosts.Forwarder.Stop();
        result.AssertConserved();

        // Both kernels also solicit routers, with a hop limit of 255, and join groups, with one of 1.
        Assert.InRange(result.TotalDrops["time_to_live_exceeded"], 3, long.MaxValue);
    }

    [Fact]
    public void Addresses_are_rewritten_as_told()
    {
        using var hosts = new TwoHosts(
        [
            "--rewrite", "destination 198.18.0.2 to 198.19.0.1 at ta",
            "--rewrite", "source 198.18.0.1 to 198.19.0.2 at ta",
            "--rewrite", "destination 198.19.0.2 to 198.18.0.1 at tb",
            "--rewrite", "source 198.19.0.1 to 198.18.0.2 at tb",
        ]);
        Assert.Contains("5 received", hosts.Ping(5, "198.18.0.2"));
        ToolResult back = hosts.Right.Run("ping", "-c", "5", "-i", "0.01", "-W", "5", "198.19.0.2");
        Assert.Contains("5 received", back.Output);
    }

    [Fact]
    public void What_happens_to_a_port_is_told_and_survived()
    {
        using var hosts = new TwoHosts();
        hosts.Left.Run("ip", "link", "set", "ta", "mtu", "1400").OrThrow();
        hosts.Forwarder.WaitForText("ta has MTU 1400, not 1500\n");
        hosts.Left.Run("ip", "link", "set", "ta", "down").OrThrow();
        hosts.Forwarder.WaitForText("ta is down\n");
        hosts.Right.Run("ip", "link", "delete", "tb").OrThrow();
        hosts.Forwarder.WaitForText("tb was removed\n");
        RunResult result = hosts.Forwarder.Stop();
        Assert.Equal(0, result.ExitCode);
        result.AssertConserved();
    }

    [Fact]
    public void When_no_port_is_left_it_ends_and_says_so()
    {
        using var hosts = new TwoHosts();
        hosts.Left.Run("ip", "link", "delete", "ta").OrThrow();
        hosts.Right.Run("ip", "link", "delete", "tb").OrThrow();
        RunResult result = hosts.Forwarder.Wait();
        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith("fasttun: no port is left\n", result.Errors);
    }

    [Fact]
    public void A_recording_opens_in_other_programs()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("fasttun-").FullName, "packets.pcapng");
        using var hosts = new TwoHosts(["--record", file]);
        hosts.Ping(4);
        Assert.Equal(0, hosts.Forwarder.Stop().ExitCode);
        ToolResult read = hosts.Left.Run(
            "tshark", "-r", file, "-Y", "icmp.type == 8", "-T", "fields", "-e", "frame.interface_name");

        // Each request is recorded where it came in and where it went out.
        string[] interfaces = read.OrThrow().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["ta", "ta", "ta", "ta", "tb", "tb", "tb", "tb"], interfaces.Order());
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public void Without_json_the_counters_are_a_table()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using Tool tool = Command.StartPlain(host, "reflect", "tun0,address=198.18.0.1 peer 198.18.0.2");
        tool.WaitForText("ready\n");
        ToolResult ping = host.Run("ping", "-c", "3", "-i", "0.01", "-W", "5", "198.18.0.2");
        Assert.Contains("3 received", ping.Output);
        Tool.Start("kill", "-TERM", $"{tool.Id}").Wait().OrThrow();
        ToolResult result = tool.Wait();
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"tun0 +\d+ +3 ", result.Output);
        Assert.Matches(@"total +\d+ +3 ", result.Output);
    }

    [Fact]
    public void Workers_are_pinned_where_told()
    {
        int last = CpuSet.Current.Last();
        using var hosts = new TwoHosts(["--cpus", $"{last}"], portKeys: "queues=2");
        hosts.Ping(1);
        string[] workers = [.. Directory.GetDirectories($"/proc/{hosts.Forwarder.Id}/task").Where(IsWorker)];
        Assert.Equal(2, workers.Length);
        Assert.All(workers, task => Assert.Contains($"Cpus_allowed_list:\t{last}\n", File.ReadAllText($"{task}/status")));

        static bool IsWorker(string task) => File.ReadAllText($"{task}/comm") is "fasttun-0\n" or "fasttun-1\n";
    }

    [Fact]
    public void Two_workers_stay_below_64_MiB()
    {
        using var hosts = new TwoHosts(["--ttl"], portKeys: "queues=2");
        hosts.Ping(200);
        Match peak = Regex.Match(File.ReadAllText($"/proc/{hosts.Forwarder.Id}/status"), @"VmHWM:\s+(\d+) kB");
        Assert.InRange(int.Parse(peak.Groups[1].Value), 1, 64 * 1024);
    }

    private static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];
}
