using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

/// <summary>A <c>fasttun</c> that forwards until it is stopped.</summary>
internal sealed class RunningCommand(Tool tool) : IDisposable
{
    private const string Ready = "ready\n";

    /// <summary>The process's number.</summary>
    public int Id => tool.Id;

    public void WaitUntilReady() => tool.WaitForText(Ready);

    /// <summary>Waits until it has said something, on stdout or stderr.</summary>
    public void WaitForText(string text) => tool.WaitForText(text);

    /// <summary>Sends a signal, waits for the end, and reads what it counted.</summary>
    public RunResult Stop(string signal = "TERM")
    {
        Tool.Start("kill", $"-{signal}", $"{tool.Id}").Wait().OrThrow();
        return Wait();
    }

    /// <summary>Waits for the end, and reads what it counted.</summary>
    public RunResult Wait()
    {
        ToolResult result = tool.Wait();
        int begin = result.Output.IndexOf(Ready, StringComparison.Ordinal) + Ready.Length;
        return new RunResult(result.ExitCode, result.Errors, JsonDocument.Parse(result.Output[begin..]).RootElement);
    }

    public void Dispose() => tool.Dispose();
}

/// <summary>How a run ended.</summary>
/// <param name="ExitCode">0 when it was asked to.</param>
/// <param name="Errors">What it said on stderr.</param>
/// <param name="Statistics">What it counted.</param>
internal sealed record RunResult(int ExitCode, string Errors, JsonElement Statistics)
{
    /// <summary>Fails unless received = transmitted + dropped, in total and by worker.</summary>
    public void AssertConserved()
    {
        JsonElement.ArrayEnumerator workers = Statistics.GetProperty("workers").EnumerateArray();
        foreach (JsonElement part in workers.Append(Statistics.GetProperty("total")))
            Assert.Equal(Count(part, "packets_received"), Count(part, "packets_transmitted") + Drops(part).Values.Sum());
    }

    /// <summary>One of the total counts.</summary>
    public long Total(string key) => Count(Statistics.GetProperty("total"), key);

    /// <summary>One of a port's counts.</summary>
    public long OfPort(string name, string key)
    {
        JsonElement.ArrayEnumerator ports = Statistics.GetProperty("ports").EnumerateArray();
        return Count(ports.Single(port => port.GetProperty("name").GetString() == name), key);
    }

    /// <summary>All drops by their reasons.</summary>
    public Dictionary<string, long> TotalDrops => Drops(Statistics.GetProperty("total"));

    private static long Count(JsonElement part, string key) => part.GetProperty(key).GetInt64();

    private static Dictionary<string, long> Drops(JsonElement part) =>
        part.GetProperty("drops").EnumerateObject().ToDictionary(drop => drop.Name, drop => drop.Value.GetInt64());
}
