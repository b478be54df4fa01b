using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>iperf3 sending datagrams from left to right in many flows, as fast as it goes.</summary>
internal sealed class UdpLoad : IDisposable
{
    /// <summary>More packets than any queue on the way holds.</summary>
    public const int Enough = 5000;

    private readonly QuietHosts _hosts;
    private readonly Tool _server;
    private readonly Tool _client;

    public UdpLoad(QuietHosts hosts)
    {
        _hosts = hosts;
        _server = Iperf.StartServer(hosts.Right);
        string[] flat = ["-u", "-b", "0", "-l", "64", "-P", "8", "-t", "600"];
        _client = hosts.Left.Start("iperf3", ["-c", QuietHosts.RightAddress, .. flat]);
        WaitForMore();
    }

    /// <summary>Returns when many more packets have arrived at the right host.</summary>
    public void WaitForMore()
    {
        ulong before = Arrived;
        Eventually.Holds(() => Arrived > before + Enough);
    }

    /// <summary>Returns when the command has taken many more packets from the left host.</summary>
    public void WaitForMoreSent()
    {
        ulong before = Sent;
        Eventually.Holds(() => Sent > before + Enough);
    }

    private ulong Arrived => _hosts.Right.Routes.GetLink("tb").Statistics!.ReceivedPackets;

    private ulong Sent => _hosts.Left.Routes.GetLink("ta").Statistics!.TransmittedPackets;

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }
}
