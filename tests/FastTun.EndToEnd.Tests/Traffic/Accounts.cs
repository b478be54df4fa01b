using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>What must hold of every run's end.</summary>
internal static class Accounts
{
    private static readonly string[] Counts =
        ["packets_received", "packets_transmitted", "bytes_received", "bytes_transmitted"];

    /// <summary>Asks for an orderly end.</summary>
    /// <returns>What it counted, once the end has been found orderly and the counts add up, by port and by worker.</returns>
    public static RunResult StopInOrder(this RunningCommand command, string signal = "TERM")
    {
        RunResult result = command.Stop(signal);
        Assert.True(result.ExitCode == 0, $"{result}");
        result.AssertConserved();
        foreach (string parts in new[] { "ports", "workers" })
        {
            JsonElement.ArrayEnumerator all = result.Statistics.GetProperty(parts).EnumerateArray();
            foreach (string key in Counts)
                Assert.Equal(result.Total(key), all.Sum(part => part.GetProperty(key).GetInt64()));
        }

        return result;
    }

    /// <summary>SIGKILL, and its end.</summary>
    public static void Kill(this RunningCommand command)
    {
        Tool.Start("kill", "-KILL", $"{command.Id}").Wait().OrThrow();
        Eventually.Holds(() => !Directory.Exists($"/proc/{command.Id}"));
    }

    /// <summary>Asserts how many packets were dropped for which reasons, and that these are all.</summary>
    public static void AssertDropped(this RunResult result, params (string Reason, long Packets)[] drops) =>
        Assert.Equivalent(drops.ToDictionary(drop => drop.Reason, drop => drop.Packets), result.TotalDrops, strict: true);

    /// <summary>Asserts how many packets were received, and that none of them was dropped.</summary>
    public static void AssertAllForwarded(this RunResult result, long packets)
    {
        Assert.Empty(result.TotalDrops);
        Assert.Equal((packets, packets), (result.Total("packets_received"), result.Total("packets_transmitted")));
    }
}
