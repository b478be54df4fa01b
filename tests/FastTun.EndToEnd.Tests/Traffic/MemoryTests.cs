namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>How much memory <c>fasttun forward</c> takes, as the kernel counts it.</summary>
public class MemoryTests
{
    private const int LimitKiB = 64 << 10;

    [Fact]
    public void Two_workers_under_load_stay_below_64_MiB()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues: 2, "--ttl");
        using (UdpLoad load = hosts.StartLoad())
            load.WaitForMore();
        Iperf.Run(hosts, QuietHosts.RightAddress, "-n", "5M", "-P", "4");
        string[] peak = File.ReadLines($"/proc/{forward.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(int.Parse(peak[1]), 1, LimitKiB);
        forward.StopInOrder();
    }
}
