using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>The options of devices with several queues, and what the kernel makes of them.</summary>
public class MultiQueueTests
{
    private const string Note = "queues are chosen by the driver: bpf BPF_PROG_LOAD: EPERM";

    private static readonly string[] UserNamespace = ["unshare", "-Urn"];

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Bench_steers_where_it_may_and_else_says_so_once(bool privileged, bool declined)
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        string[] arguments = ["bench", "--duration", "100ms", "--rate", "5kpps", "--queues", "2", "--json", "-"];
        ToolResult result = Command.RunBehind(
            host, privileged ? ["env"] : UserNamespace, declined ? [.. arguments, "--no-steering"] : arguments);

        JsonElement report = JsonDocument.Parse(result.OrThrow().Output).RootElement;
        Assert.Equal(privileged && !declined, report.GetProperty("settings").GetProperty("steering").GetBoolean());
        Assert.Equal(privileged ? 0 : 1, result.Errors.Split(Note).Length - 1);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(2, false, "--no-steering")]
    [InlineData(1, false)]
    public void Forward_says_what_it_could_not_steer(int queues, bool noted, params string[] options)
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        string[] command =
            ["dotnet", "exec", Command.Program, "forward", $"ta,queues={queues}", $"tb,queues={queues}", .. options];
        using Tool forward = host.Start(UserNamespace[0], [.. UserNamespace[1..], .. command]);
        forward.WaitForText("ready\n");
        Tool.Start("kill", $"{forward.Id}").Wait().OrThrow();

        ToolResult result = forward.Wait();
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(noted, result.Errors.Contains(Note));
    }

    [Theory]
    [InlineData("true", 0x10)]
    [InlineData("false", 0)]
    public void A_port_has_napi_when_it_is_told(string value, int flag)
    {
        using var hosts = new QuietHosts();
        string keys(string host, string peer) => $"address={host} peer {peer},queues=2,napi={value}";
        const string left = QuietHosts.LeftAddress, right = QuietHosts.RightAddress;
        using RunningCommand forward = hosts.ForwardPorts(keys(left, right), keys(right, left));
        hosts.Ping(count: 10);

        // What sysfs shows of a namespace is what was its when it was mounted.
        string script = "mount -t sysfs none /sys && cat /sys/class/net/ta/tun_flags";
        string flags = hosts.Left.Run("unshare", "-m", "sh", "-c", script).OrThrow().Output.Trim();
        Assert.Equal(flag, Convert.ToInt32(flags, 16) & 0x10);
        RunResult result = forward.Stop();
        result.AssertConserved();
        Assert.DoesNotContain(Note, result.Errors);
    }
}
