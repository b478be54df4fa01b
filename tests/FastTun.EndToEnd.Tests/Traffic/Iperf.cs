using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>iperf3 between the hosts, the judge of what arrived and in which order.</summary>
internal static class Iperf
{
    /// <summary>A server for one test, listening.</summary>
    public static Tool StartServer(PrivateNetwork host)
    {
        // Its output is a pipe, which it would fill only when it ends.
        Tool server = host.Start("iperf3", "-s", "-1", "--forceflush", "--json");
        Eventually.Holds(() => host.Run("ss", "-Hltn", "sport = :5201").Output.Length > 0);
        return server;
    }

    /// <summary>One test from left to right.</summary>
    /// <returns>What the receiver found, its `end`.</returns>
    public static JsonElement Run(QuietHosts hosts, string address, params string[] arguments)
    {
        using Tool server = StartServer(hosts.Right);
        hosts.Left.Run("iperf3", ["-c", address, .. arguments]).OrThrow();
        return JsonDocument.Parse(server.Wait().OrThrow().Output).RootElement.GetProperty("end");
    }
}
