using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>How <c>fasttun forward</c> ends while packets pour in, and that it can begin anew.</summary>
public class StopTests
{
    [Theory]
    [InlineData("TERM", 1, true)]
    [InlineData("INT", 2, true)]
    [InlineData("TERM", 2, false)]
    public void A_signal_under_load_ends_it_in_order_and_takes_its_devices_along(string signal, int queues, bool offload)
    {
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.Forward(queues, offload, offload);
        using UdpLoad load = hosts.StartLoad();
        RunResult result = forward.StopInOrder(signal);
        Assert.Equal("", result.Errors);
        Assert.Empty(result.TotalDrops);
        Assert.True(result.Total("packets_received") > UdpLoad.Enough);
        AssertNoDevices(hosts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SIGKILL_under_load_leaves_nothing_behind_and_the_same_names_work_again_at_once(int queues)
    {
        using var hosts = new QuietHosts();
        using (RunningCommand forward = hosts.Forward(queues))
        using (UdpLoad load = hosts.StartLoad())
            forward.Kill();
        using RunningCommand again = hosts.Forward(queues);
        hosts.Ping(5);
        Assert.Empty(again.StopInOrder().TotalDrops);
        AssertNoDevices(hosts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Persistent_devices_survive_and_are_taken_over(int queues)
    {
        using var hosts = new QuietHosts();
        hosts.AddPersistentDevices(queues);
        int[] indexes = Indexes(hosts);
        using (RunningCommand first = hosts.Forward(queues))
        {
            hosts.Ping(5);
            first.StopInOrder();
        }

        using (RunningCommand second = hosts.Forward(queues))
        {
            hosts.Ping(5);
            second.Kill();
        }

        Assert.Equal(indexes, Indexes(hosts));
        using RunningCommand third = hosts.Forward(queues);
        hosts.Ping(5);
        third.StopInOrder();
        Assert.Equal(indexes, Indexes(hosts));
    }

    [Fact]
    public void Devices_that_the_command_made_to_stay_are_forwarded_between_as_they_are()
    {
        using var hosts = new QuietHosts();
        string[] common = ["--queues", "2", "--up"];
        Add(hosts.Left, ["ta", "--address", $"{QuietHosts.LeftAddress} peer {QuietHosts.RightAddress}", .. common]);
        Add(hosts.Right, ["tb", "--address", $"{QuietHosts.RightAddress} peer {QuietHosts.LeftAddress}", .. common]);
        int[] indexes = Indexes(hosts);
        for (int run = 0; run < 2; run++)
        {
            using RunningCommand forward = hosts.ForwardPorts("queues=2", "queues=2");
            hosts.Ping(5);
            forward.StopInOrder().AssertAllForwarded(packets: 10);
        }

        Assert.Equal(indexes, Indexes(hosts));
    }

    [Fact]
    public void What_has_arrived_when_the_signal_comes_is_still_forwarded()
    {
        // Many batches wait when the process goes on, so that the signal is heard in their midst.
        const int waiting = 10_000;
        using var hosts = new QuietHosts();
        using RunningCommand forward = hosts.ForwardPorts($"txqueuelen={waiting}", "up");
        Tool.Start("kill", "-STOP", $"{forward.Id}").Wait().OrThrow();
        ScapyPackets.Send(hosts.Left, "ta", $"*[bytes(IP(**v4) / udp)] * {waiting}");
        Tool.Start("kill", "-TERM", $"{forward.Id}").Wait().OrThrow();
        forward.StopInOrder("CONT").AssertAllForwarded(waiting);
    }

    private static void Add(PrivateNetwork host, string[] device) =>
        Command.Run(host, ["device", "add", .. device]).OrThrow();

    private static int[] Indexes(QuietHosts hosts) =>
        [hosts.Left.Routes.GetLink("ta").Index, hosts.Right.Routes.GetLink("tb").Index];

    private static void AssertNoDevices(QuietHosts hosts)
    {
        Assert.Equal(["lo"], hosts.Left.Routes.GetLinks().Select(link => link.Name));
        Assert.Equal(["lo"], hosts.Right.Routes.GetLinks().Select(link => link.Name));
    }
}
