using FastTun.Linux;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>Where the kernel lets the workers run.</summary>
public class PinningTests
{
    [Fact]
    public void Workers_run_on_the_processors_that_they_are_told()
    {
        int last = CpuSet.Current.Last();
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues: 2, "--cpus", $"{last}");

        string[] workers = [.. Directory.GetDirectories($"/proc/{forward.Id}/task").Where(IsWorker)];
        Assert.Equal(2, workers.Length);
        Assert.All(workers, task => Eventually.Holds(() => IsPinned(task, last)));

        static bool IsWorker(string task) => File.ReadAllText($"{task}/comm") is "fasttun-0\n" or "fasttun-1\n";
    }

    private static bool IsPinned(string task, int processor) =>
        File.ReadAllText($"{task}/status").Contains($"Cpus_allowed_list:\t{processor}\n");
}
