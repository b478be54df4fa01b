using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>What must hold of every run's end.</summary>
internal static class Accounts
{
    private static readonly string[] Counts = ["packets_received", "packets_transmitted", "bytes_received", "bytes_transmitted"];

    /// <summary>Asks for an orderly end.</summary>
    /// <returns>What it counted, once the end has been found orderly and every packet accounted for, by whatever it is summed.</returns>
    public static RunResult StopInOrder(this RunningCommand command, string signal = "TERM")
    {
        RunResult result = command.Stop(signal);
        Assert.True(result.ExitCode == 0, $"{result}");
        result.AssertConserved();
        foreach (string parts in new[] { "ports", "workers" })
        {
            JsonElement.ArrayEnumerator all = result.Statistics.GetProperty(parts).EnumerateArray();
            Assert.All(Counts, key => Assert.Equal(result.Total(key), all.Sum(part => part.GetProperty(key).GetInt64())));
        }

        return result;
    }

    /// <summary>SIGKILL, and its end.</summary>
    public static void Kill(this RunningCommand command)
    {
        Tool.Start("kill", "-KILL", $"{command.Id}").Wait().OrThrow();
        Eventually.Holds(() => !Directory.Exists($"/proc/{command.Id}"));
    }

    /// <summary>Asserts how many packets were received, and that none of them was dropped.</summary>
    public static void AssertAllForwarded(this RunResult result, long packets)
    {
        Assert.Empty(result.TotalDrops);
        Assert.Equal((packets, packets), (result.Total("packets_received"), result.Total("packets_transmitted")));
    }
}
