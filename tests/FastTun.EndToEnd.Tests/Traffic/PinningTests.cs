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

        AssertPinned(forward, [last, last]);
    }

    [Fact]
    public void Auto_is_every_core_before_any_second_thread()
    {
        int[] order = [.. CpuTopology.Read().Spread(CpuSet.Current)];
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(order.Length + 1, "--cpus", "auto");

        AssertPinned(forward, [.. order, order[0]]);
    }

    private static void AssertPinned(RunningCommand forward, int[] processors)
    {
        for (int worker = 0; worker < processors.Length; worker++)
        {
            string name = $"fasttun-{worker}\n";
            Eventually.Holds(() => Directory.GetDirectories($"/proc/{forward.Id}/task").Any(
                task => File.ReadAllText($"{task}/comm") == name && IsPinned(task, processors[worker])));
        }
    }

    private static bool IsPinned(string task, int processor) =>
        File.ReadAllText($"{task}/status").Contains($"Cpus_allowed_list:\t{processor}\n");
}
