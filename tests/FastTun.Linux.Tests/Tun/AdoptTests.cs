using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>Queues that come as open descriptors, and go as such.</summary>
public sealed class AdoptTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData(TunMode.Tun, false, false, 1)]
    [InlineData(TunMode.Tun, true, false, 3)]
    [InlineData(TunMode.Tap, false, true, 2)]
    public void Handed_over_the_device_goes_on(TunMode mode, bool packetInformation, bool virtioNetHeader, int queues)
    {
        TunDevice first = TunDevice.Open(new TunDeviceOptions
        {
            Name = "pass0",
            Mode = mode,
            PacketInformation = packetInformation,
            VirtioNetHeader = virtioNetHeader,
            QueueCount = queues,
            Namespace = _network.Namespace,
        });
        FileDescriptor[] handedOut = [.. first.Queues.Select(queue => queue.Descriptor.Duplicate())];
        first.Dispose();

        using TunDevice second = TunDevice.Adopt(handedOut);

        Assert.Equal(("pass0", mode, packetInformation), (second.Name, second.Mode, second.HasPacketInformation));
        Assert.Equal((virtioNetHeader, queues > 1), (second.HasVirtioNetHeader, second.IsMultiQueue));
        Assert.Equal(queues, second.Queues.Count);
        if (queues > 1)
            Assert.Equal(queues, second.AttachQueue().Index);
        second.Dispose();
        Assert.False(_network.Routes.TryGetLink("pass0", out _));
    }

    [Fact]
    public void Packets_flow_through_an_adopted_queue()
    {
        using TunDevice first = TunDevice.Open(new TunDeviceOptions { Namespace = _network.Namespace });
        using TunDevice second = TunDevice.Adopt(first.Queues[0].Descriptor.Duplicate());
        second.Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 198.51.100.1/24")];
        second.Up();
        using var answers = new Answering(second.Queues, 0);

        _network.Run("ping", "-n", "-c", "2", "-i", "0.01", "-W", "20", "198.51.100.1").OrThrow();
    }

    [Fact]
    public void What_is_no_queue_stays_the_callers()
    {
        using var other = new EventFd();

        Assert.Equal(Errno.ENOTTY, Assert.Throws<LinuxException>(() => TunDevice.Adopt(other.Descriptor)).Error);

        Assert.False(other.Descriptor.IsClosed);
        other.Signal();
    }

    [Fact]
    public void Queues_of_two_devices_stay_the_callers()
    {
        using TunDevice one = TunDevice.Open(new TunDeviceOptions { Namespace = _network.Namespace });
        using TunDevice two = TunDevice.Open(new TunDeviceOptions { Namespace = _network.Namespace });

        FileDescriptor[] queues = [one.Queues[0].Descriptor, two.Queues[0].Descriptor];

        var refusal = Assert.Throws<ArgumentException>(() => TunDevice.Adopt(queues));
        Assert.Throws<ArgumentException>(() => TunDevice.Adopt());

        Assert.Contains("is not a queue of tun0", refusal.Message);
        Assert.Equal(("tun0", "tun1"), (one.Name, two.Name));
    }

    [Fact]
    public void A_queue_whose_device_is_gone_cannot_be_adopted()
    {
        using TunDevice device = TunDevice.Open(new TunDeviceOptions { Namespace = _network.Namespace });
        using FileDescriptor copy = device.Queues[0].Descriptor.Duplicate();
        _network.Routes.DeleteLink(device.Index);

        Assert.Equal(Errno.EBADFD, Assert.Throws<LinuxException>(() => TunDevice.Adopt(copy)).Error);

        Assert.False(copy.IsClosed);
    }
}
