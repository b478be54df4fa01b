using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

public sealed class BenchTests : IDisposable
{
    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Measures_udp_and_then_tcp_and_accounts_for_everything()
    {
        string[] arguments = ["bench", "--duration", "300ms", "--rate", "10kpps", "--queues", "2", "--json", "-"];
        JsonElement report = Bench(Command.Run(_host, arguments));
        JsonElement[] trials = [.. report.GetProperty("trials").EnumerateArray()];
        Assert.Equal(["udp", "tcp"], trials.Select(trial => trial.GetProperty("protocol").GetString()));
        Assert.All(trials, trial => Assert.True(trial.GetProperty("conserved").GetBoolean()));
        JsonElement udp = trials[0].GetProperty("udp");
        long received = udp.GetProperty("packets_received").GetInt64();
        Assert.InRange(received, 1, udp.GetProperty("packets_sent").GetInt64());
        JsonElement engine = trials[0].GetProperty("engine");
        Assert.InRange(engine.GetProperty("total").GetProperty("packets_transmitted").GetInt64(), received, long.MaxValue);
        Assert.Equal(2, engine.GetProperty("workers").GetArrayLength());
        JsonElement latency = udp.GetProperty("latency_nanoseconds");
        Assert.InRange(latency.GetProperty("p50").GetInt64(), 1, latency.GetProperty("max").GetInt64());
        Assert.InRange(trials[1].GetProperty("bits_per_second").GetDouble(), 1, double.MaxValue);
    }

    [Theory]
    [InlineData("64")]
    [InlineData("1500", "--no-offload")]
    [InlineData("imix")]
    public void Prints_a_table_for_every_size(string size, params string[] options)
    {
        string[] arguments = ["bench", "--duration", "100ms", "--protocol", "udp", "--size", size, "--rate", "5kpps"];
        ToolResult result = Command.Run(_host, [.. arguments, .. options]);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Matches("everything accounted for +yes", result.Output);
        Assert.Matches("p99.9 +[0-9,.]+ µs", result.Output);
    }

    [Fact]
    public void Needs_no_root_where_the_driver_is_open_to_all()
    {
        string[] arguments = ["bench", "--duration", "100ms", "--protocol", "udp", "--rate", "5kpps", "--json", "-"];
        JsonElement report = Bench(Command.RunAsOrdinaryUser(_host, arguments));
        Assert.True(report.GetProperty("trials")[0].GetProperty("conserved").GetBoolean());
    }

    [Fact]
    public void Root_without_any_capability_is_told_what_it_would_take()
    {
        ToolResult result = Command.RunBehind(_host, Command.NoCapabilities, "bench");
        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.Contains("CAP_SETFCAP", result.Errors);
    }

    [Fact]
    public void Says_the_way_out_where_nothing_is_allowed()
    {
        // The limit is that of the user namespace, and gone with it.
        const string script = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";
        string[] prefix = ["unshare", "-Ur", "bash", "-c", script, "bash", .. Command.NoCapabilities];
        ToolResult result = Command.RunBehind(_host, prefix, "bench");
        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.Contains("run as root", result.Errors);
        Assert.Contains("sysctl -w user.max_user_namespaces", result.Errors);
    }

    [Fact]
    public void A_signal_ends_it_early_with_a_result()
    {
        using Tool bench = Command.StartPlain(_host, "bench", "--duration", "1h", "--protocol", "udp", "--rate", "1kpps");
        Eventually.Holds(() => Directory.EnumerateDirectories($"/proc/{bench.Id}/task").Any(IsWorker));
        Tool.Start("kill", "-INT", $"{bench.Id}").Wait().OrThrow();
        Assert.Equal(0, bench.Wait().ExitCode);
    }

    private static bool IsWorker(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).StartsWith("fasttun-", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has ended meanwhile.
        }
    }

    private static JsonElement Bench(ToolResult result) => JsonDocument.Parse(result.OrThrow().Output).RootElement;
}
