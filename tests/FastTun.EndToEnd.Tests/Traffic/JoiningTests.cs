using System.Net;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>What arrives in single packets leaves in super-packets, unless the port says <c>join=false</c>.</summary>
public class JoiningTests
{
    [Theory]
    [InlineData("join=true")]
    [InlineData("join=false")]
    public void A_stream_of_single_packets_is_joined_or_not(string join)
    {
        using var hosts = new QuietHosts();
        hosts.AddPersistentDevices(queues: 1);
        long transmitted;
        using (RunningCommand forward = hosts.ForwardPorts(
            "address=198.18.0.1 peer 198.19.0.1,offload=false", $"address=198.19.0.1 peer 198.18.0.1,{join}"))
        {
            Assert.Equal(TcpStream.Hash, TcpStream.Receive(hosts, IPAddress.Parse(QuietHosts.RightAddress)));
            transmitted = forward.StopInOrder().OfPort("tb", "packets_transmitted");
        }

        // The kernel counts writes.
        long written = (long)hosts.Right.Routes.GetLink("tb").Statistics!.ReceivedPackets;
        if (join == "join=true")
            Assert.InRange(written, 1, transmitted / 2);
        else
            Assert.Equal(transmitted, written);
    }
}
