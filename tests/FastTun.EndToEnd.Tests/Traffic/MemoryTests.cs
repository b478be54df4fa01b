using System.Text.RegularExpressions;

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
        string status = File.ReadAllText($"/proc/{forward.Id}/status");
        Assert.InRange(int.Parse(Regex.Match(status, @"VmHWM:\s*(\d+) kB").Groups[1].Value), 1, LimitKiB);
        forward.StopInOrder();
    }
}
