using FastTun.Linux.Bpf;
using FastTun.Linux.Native;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;
using static FastTun.Linux.Tests.Bpf.SteeredTraffic;

namespace FastTun.Linux.Tests.Bpf;

/// <summary>How long a device keeps a program, seen with one that sends everything to the first queue.</summary>
public sealed class SteeringLifetimeTests : IDisposable
{
    private const int Queues = 2;

    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_persistent_device_loses_it_with_the_object_that_put_it_there()
    {
        using (TunDevice device = Open())
        {
            SteerToFirst(device);
            Assert.True(IsSteeredToFirst(device));
        }

        using TunDevice next = OpenAsAnotherProgram();
        Assert.False(IsSteeredToFirst(next));
    }

    [Fact]
    public void What_a_killed_program_left_there_goes_when_the_device_is_opened()
    {
        LeaveProgram();
        using (TunDevice other = OpenAsAnotherProgram())
            Assert.True(IsSteeredToFirst(other));

        using TunDevice device = Open();
        Assert.False(IsSteeredToFirst(device));
    }

    [Fact]
    public void What_another_program_with_open_queues_put_there_stays()
    {
        using TunDevice others = Open();
        SteerToFirst(others);

        using (Open())
            Assert.True(IsSteeredToFirst(others));
        Assert.True(IsSteeredToFirst(others));
    }

    private void LeaveProgram()
    {
        using TunDevice device = Open();
        using BpfProgram program = FlowSteering.Load(FlowParts.None);
        TunIoctl.SetSteering(device.Queues[0].Descriptor, program.Descriptor.Number).OrThrow("TUNSETSTEERINGEBPF");
    }

    private static void SteerToFirst(TunDevice device)
    {
        using BpfProgram program = FlowSteering.Load(FlowParts.None);
        device.SetSteering(program);
    }

    private bool IsSteeredToFirst(TunDevice device)
    {
        for (int flow = 0; flow < 100; flow++)
            Send(_host, "192.0.2.1", 20_000 + flow, "198.51.100.1", 9);
        return Receive(device).All(packet => packet.Queue == 0);
    }

    private TunDevice Open() => TunDevice.Open(new TunDeviceOptions
    {
        Name = "st0",
        QueueCount = Queues,
        Persistent = true,
        Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")],
        Up = true,
        Namespace = _host.Namespace,
    });

    // Without a line of what TunDevice.Open does.
    private TunDevice OpenAsAnotherProgram() => _host.Namespace.Run(() =>
    {
        FileDescriptor[] queues = [.. Enumerable.Range(0, Queues).Select(_ => TunDevice.OpenFile("/dev/net/tun"))];
        int flags = IfTun.IFF_TUN | IfTun.IFF_NO_PI | IfTun.IFF_MULTI_QUEUE;
        foreach (FileDescriptor queue in queues)
            TunIoctl.SetInterface(queue, "st0", flags).OrThrow("TUNSETIFF");
        return TunDevice.Adopt(queues);
    });
}
