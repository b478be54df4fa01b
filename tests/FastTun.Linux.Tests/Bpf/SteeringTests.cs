using FastTun.Linux.Bpf;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;
using static FastTun.Linux.Tests.Bpf.SteeredTraffic;

namespace FastTun.Linux.Tests.Bpf;

/// <summary>Real packets, and the queues that the steering program gives them.</summary>
public sealed class SteeringTests : IDisposable
{
    private const int Queues = 4, Flows = 200;
    private const string Left4 = "192.0.2.1", Right4 = "198.51.100.1", Left6 = "2001:db8:1::1", Right6 = "2001:db8:2::1";

    private readonly PrivateNetwork _left = PrivateNetwork.Create();
    private readonly PrivateNetwork _right = PrivateNetwork.Create();

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }

    [Theory]
    [InlineData(Left4, Right4)]
    [InlineData(Left6, Right6)]
    public void Both_directions_of_a_flow_have_the_predicted_queue(string left, string right)
    {
        using TunDevice there = Open(_left, Left4, Right4, Left6, Right6);
        using TunDevice back = Open(_right, Right4, Left4, Right6, Left6);
        Steer(there, FlowParts.All);
        Steer(back, FlowParts.All);
        var seen = new HashSet<int>();
        for (int flow = 0; flow < Flows; flow++)
        {
            (int near, int far) = (20_000 + 3 * flow, 9 + flow % 50);
            Send(_left, left, near, right, far);
            Send(_right, right, far, left, near);
            (int queue, byte[] packet) = Assert.Single(Receive(there));
            (int queueBack, byte[] packetBack) = Assert.Single(Receive(back));

            Assert.Equal((int)(FlowHash.Of(packet) % Queues), queue);
            Assert.Equal(FlowHash.Of(packet), FlowHash.Of(packetBack));
            Assert.Equal(queue, queueBack);
            seen.Add(queue);
        }

        Assert.Equal(Queues, seen.Count);
    }

    [Fact]
    public void A_translated_address_can_be_left_out()
    {
        // The left host is 192.0.2.1 inside and 203.0.113.9 to the right one; ports stay.
        const string Outside = "203.0.113.9";
        using TunDevice there = Open(_left, Left4, Right4, Left6, Right6);
        using TunDevice back = Open(_right, Right4, Outside, Right6, Left6);
        Steer(there, FlowParts.All & ~FlowParts.SourceAddress);
        Steer(back, FlowParts.All & ~FlowParts.DestinationAddress);
        var seen = new HashSet<int>();
        for (int flow = 0; flow < Flows; flow++)
        {
            Send(_left, Left4, 20_000 + flow, Right4, 9);
            Send(_right, Right4, 9, Outside, 20_000 + flow);
            int queue = Assert.Single(Receive(there)).Queue;
            Assert.Equal(queue, Assert.Single(Receive(back)).Queue);
            seen.Add(queue);
        }

        Assert.Equal(Queues, seen.Count);
    }

    [Fact]
    public void Each_part_counts_where_it_is_asked_for_and_only_there()
    {
        using TunDevice device = Open(_left, Left4, Right4, Left6, Right6);
        foreach (FlowParts parts in Enumerable.Range(0, 16).Select(bits => (FlowParts)bits))
        {
            Steer(device, parts);
            for (int flow = 0; flow < 10; flow++)
            {
                Send(_left, Left4, 20_000 + flow, $"198.51.100.{10 + flow}", 1000 + 7 * flow);
                (int queue, byte[] packet) = Assert.Single(Receive(device));
                Assert.Equal((int)(FlowHash.Of(packet, parts) % Queues), queue);
            }
        }
    }

    [Fact]
    public void The_first_queues_alone_can_be_had()
    {
        using TunDevice device = Open(_left, Left4, Right4, Left6, Right6);
        foreach (int first in new[] { 1, 2, 3, Queues, 1000 })
        {
            using BpfProgram program = FlowSteering.Load(queues: first);
            device.SetSteering(program);
            for (int flow = 0; flow < 40; flow++)
            {
                Send(_left, Left4, 20_000 + flow, Right4, 9);
                (int queue, byte[] packet) = Assert.Single(Receive(device));
                Assert.Equal((int)(FlowHash.Of(packet) % first % Queues), queue);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => FlowSteering.Load(queues: 0));
    }

    [Fact]
    public void Fragments_follow_each_other()
    {
        using TunDevice device = Open(_left, Left4, Right4, Left6, Right6);
        Steer(device, FlowParts.All);
        for (int flow = 0; flow < 20; flow++)
        {
            foreach ((string from, string to) in new[] { (Left4, Right4), (Left6, Right6) })
            {
                Send(_left, from, 20_000 + flow, to, 9, bytes: 4000);
                (int Queue, byte[] Packet)[] fragments = Receive(device);
                Assert.Equal(3, fragments.Length);
                Assert.All(fragments, fragment => Assert.Equal(fragments[0].Queue, fragment.Queue));
                Assert.Equal((int)(FlowHash.Of(fragments[0].Packet) % Queues), fragments[0].Queue);
            }
        }
    }

    [Fact]
    public void A_taps_frames_are_hashed_from_their_packets_on()
    {
        using TunDevice device = Open(_left, Left4, Right4, Left6, Right6, TunMode.Tap);
        _left.Run("ip", "neighbour", "add", Right4, "lladdr", "02:00:5e:10:00:01", "dev", device.Name).OrThrow();
        Steer(device, FlowParts.All);
        for (int flow = 0; flow < 50; flow++)
        {
            Send(_left, Left4, 20_000 + flow, Right4, 9);
            (int queue, byte[] frame) = Assert.Single(Receive(device, linkHeaderBytes: 14));
            Assert.Equal((int)(FlowHash.Of(frame.AsSpan(14)) % Queues), queue);
        }
    }

    [Fact]
    public void Without_it_the_kernel_chooses_again()
    {
        using TunDevice device = Open(_left, Left4, Right4, Left6, Right6);

        Steer(device, FlowParts.None);
        Assert.Equal([0], QueuesOfManyFlows(device));
        device.SetSteering(null);
        Assert.Equal(Queues, QueuesOfManyFlows(device).Count);
        device.SetSteering(null);
    }

    [Fact]
    public void The_last_queue_that_wrote_a_flow_does_not_matter()
    {
        using TunDevice device = Open(_left, Left4, Right4, Left6, Right6);
        Steer(device, FlowParts.All);
        Send(_left, Left4, 20_000, Right4, 9);
        (int queue, byte[] packet) = Assert.Single(Receive(device));

        // The flow's other direction, written by another queue: the kernel's own table would move the flow there.
        byte[] source = packet[12..16], ports = packet[20..22];
        packet.AsSpan(16, 4).CopyTo(packet.AsSpan(12));
        source.CopyTo(packet.AsSpan(16));
        packet.AsSpan(22, 2).CopyTo(packet.AsSpan(20));
        ports.CopyTo(packet.AsSpan(22));
        Assert.True(device.Queues[(queue + 1) % Queues].TryWrite(packet).IsSuccess);
        Send(_left, Left4, 20_000, Right4, 9);

        Assert.Equal(queue, Assert.Single(Receive(device)).Queue);
    }

    [Fact]
    public void Without_the_capability_it_says_so()
    {
        Unprivileged.Run(_left.Namespace, () =>
        {
            var refusal = Assert.Throws<LinuxException>(() => FlowSteering.Load());
            Assert.Equal(Errno.EPERM, refusal.Error);
            Assert.StartsWith("bpf BPF_PROG_LOAD: EPERM: loading a program needs CAP_BPF", refusal.Message);
        });
    }

    [Fact]
    public void A_program_that_is_disposed_of_is_refused()
    {
        using TunDevice device = Open(_left, Left4, Right4, Left6, Right6);
        BpfProgram program = FlowSteering.Load();
        program.Dispose();

        Assert.Throws<ObjectDisposedException>(() => device.SetSteering(program));
    }

    [Fact]
    public void The_system_calls_number_is_this_architectures() =>
        Assert.Empty(CProgram.Diagnose($$"""
            #include <sys/syscall.h>
            _Static_assert(SYS_bpf == {{BpfProgram.SystemCall}}, "");
            int main(void) { return 0; }

            """));

    private static void Steer(TunDevice device, FlowParts parts)
    {
        using BpfProgram program = FlowSteering.Load(parts);
        device.SetSteering(program);
    }

    private HashSet<int> QueuesOfManyFlows(TunDevice device)
    {
        for (int flow = 0; flow < Flows; flow++)
            Send(_left, Left4, 20_000 + flow, Right4, 9);
        (int Queue, byte[] Packet)[] received = Receive(device);
        Assert.Equal(Flows, received.Length);
        return [.. received.Select(packet => packet.Queue)];
    }

    private static TunDevice Open(
        PrivateNetwork network, string near4, string far4, string near6, string far6, TunMode mode = TunMode.Tun)
    {
        TunDevice device = TunDevice.Open(new TunDeviceOptions
        {
            Mode = mode,
            QueueCount = Queues,
            Addresses =
            [
                InterfaceAddress.Parse($"{near4} peer {far4}/24"), InterfaceAddress.Parse($"{near6} peer {far6}/128"),
            ],
            Up = true,
            Namespace = network.Namespace,
        });
        network.WaitForRoute(far6);
        return device;
    }
}
