namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>What others do to the devices while <c>fasttun forward</c> is busy: it is told, survived and counted.</summary>
public class DeviceChangeTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public void A_device_that_is_down_for_a_while_drops_and_then_traffic_resumes(int queues, bool offload)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues, offload, offload);
        using UdpLoad load = hosts.StartLoad();
        hosts.Right.Run("ip", "link", "set", "tb", "down").OrThrow();
        forward.WaitForText("tb is down\n");
        load.WaitForMoreSent();
        hosts.Right.Run("ip", "link", "set", "tb", "up").OrThrow();
        forward.WaitForText("tb is up\n");
        load.WaitForMore();
        Assert.Equal(["output_down"], forward.StopInOrder().TotalDrops.Keys);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void A_device_that_is_deleted_under_load_is_told_and_the_command_goes_on_until_it_is_stopped(
        int queues, bool offload)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues, offload, offload);
        using UdpLoad load = hosts.StartLoad();
        hosts.Right.Run("ip", "link", "delete", "tb").OrThrow();
        forward.WaitForText("tb was removed\n");
        load.WaitForMoreSent();
        RunResult result = forward.StopInOrder();
        Assert.Contains("output_gone", result.TotalDrops.Keys);

        // A device goes down before it goes.
        Assert.DoesNotContain(result.TotalDrops.Keys, reason => reason is not ("output_gone" or "output_down"));
    }

    [Fact]
    public void A_new_MTU_is_told_and_kept()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward();
        hosts.Right.Run("ip", "link", "set", "tb", "mtu", "1400").OrThrow();
        forward.WaitForText("tb has MTU 1400, not 1500\n");
        ScapyPackets.Send(hosts.Left, "ta", "IP(**v4) / (b'x' * 1380)", "IP(**v4) / (b'x' * 1381)");
        RunResult result = forward.StopInOrder();
        Assert.Equal(1, result.Total("packets_transmitted"));
        result.AssertDropped(("exceeds_mtu", 1));
    }

    [Fact]
    public void The_last_device_that_is_deleted_ends_it_and_every_packet_is_accounted_for()
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward();
        using UdpLoad load = hosts.StartLoad();
        hosts.Left.Run("ip", "link", "delete", "ta").OrThrow();
        hosts.Right.Run("ip", "link", "delete", "tb").OrThrow();
        RunResult result = forward.Wait();
        Assert.Equal(1, result.ExitCode);
        Assert.All(["ta was removed\n", "tb was removed\n"], line => Assert.Contains(line, result.Errors));
        Assert.EndsWith("fasttun: no port is left\n", result.Errors);
        result.AssertConserved();
        Assert.True(result.Total("packets_received") > UdpLoad.Enough);
    }
}
