using System.Text.Json;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>What a private host's kernel has found wrong with packets that were for it.</summary>
internal static class KernelCounters
{
    /// <summary>Fails if a checksum was wrong: of IP, TCP or UDP.</summary>
    public static void AssertNoWrongChecksum(PrivateNetwork host)
    {
        string counters = host.Run("nstat", "-asz", "--json").OrThrow().Output;
        JsonElement kernel = JsonDocument.Parse(counters).RootElement.GetProperty("kernel");
        Assert.All(
            ["TcpInCsumErrors", "UdpInCsumErrors", "Udp6InCsumErrors", "IpInHdrErrors"],
            counter => Assert.Equal(0, kernel.GetProperty(counter).GetInt64()));
    }
}
