namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>nping through <c>fasttun forward</c>: what no ordinary program sends is answered by the far kernel.</summary>
public class NpingTests
{
    [Theory]
    [InlineData("SYN > 198.19.0.1:9", "198.19.0.1:9 > 198.18.0.1:", "--tcp", "-p", "9")]
    [InlineData("ACK to nobody", "198.19.0.1:9 > 198.18.0.1:", "--tcp", "-p", "9", "--flags", "ack")]
    [InlineData("port unreachable", "Port 9 unreachable", "--udp", "-p", "9", "--data-length", "1000")]
    [InlineData("echo", "Echo reply", "--icmp")]
    [InlineData("timestamp", "Timestamp reply", "--icmp", "--icmp-type", "timestamp")]
    public void Probes_are_answered(string what, string answer, params string[] probe)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward("--ttl");
        string[] once = ["-c", "1", "--send-ip"];
        string output = hosts.Left.Run("nping", [.. once, .. probe, QuietHosts.RightAddress]).OrThrow().Output;
        Assert.True(output.Contains(answer) && output.Contains("Rcvd: 1 "), $"{what}: {output}");
        forward.StopInOrder().AssertAllForwarded(packets: 2);
    }
}
