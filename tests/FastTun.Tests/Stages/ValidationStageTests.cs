using FastTun.Batching;
using FastTun.Packets;
using FastTun.Stages;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Stages;

public class ValidationStageTests
{
    private static readonly PacketBuilder Ipv4 = new() { Payload = new byte[20] };
    private static readonly PacketBuilder Ipv6 = Ipv4 with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    public static TheoryData<string, byte[]> Good => new()
    {
        { "UDP", Ipv4.Udp() },
        { "TCP", Ipv4.Tcp() },
        { "ping", Ipv4.Echo() },
        { "options", (Ipv4 with { Options = new byte[40] }).Udp() },
        { "fragment", (Ipv4 with { MoreFragments = true }).Wrap(IpProtocol.Udp, new byte[64]) },
        { "later fragment", (Ipv4 with { FragmentOffset = 64 }).Wrap(IpProtocol.Udp, new byte[64]) },
        { "unknown protocol", Ipv4.Wrap((IpProtocol)253, []) },
        { "IPv6", Ipv6.Udp() },
        { "IPv6 fragment", (Ipv6 with { MoreFragments = true }).Wrap(IpProtocol.Udp, new byte[64]) },
        { "at the MTU", (Ipv4 with { Payload = new byte[1472] }).Udp() },
    };

    public static TheoryData<string, byte[], DropReason> Hostile => new()
    {
        { "empty", [], DropReason.TooShort },
        { "one byte", [0x45], DropReason.TooShort },
        { "three bytes, which the kernel takes", [0x45, 0, 0], DropReason.TooShort },
        { "version 5", Changed(Ipv4.Udp(), 0, 0x55), DropReason.BadVersion },
        { "version 0, one byte", [0x00], DropReason.BadVersion },
        { "header shorter than a header", Changed(Ipv4.Udp(), 0, 0x44), DropReason.BadHeaderLength },
        { "header longer than the packet", Changed(Ipv4.Udp()[..24], 0, 0x4F), DropReason.BadHeaderLength },
        { "total length beyond the packet", Ipv4.Udp()[..^1], DropReason.BadTotalLength },
        { "total length within the header", Changed(Ipv4.Udp(), 3, 19), DropReason.BadTotalLength },
        { "header checksum", Changed(Ipv4.Udp(), 8, 63), DropReason.BadHeaderChecksum },
        { "IPv6 header cut off", Ipv6.Udp()[..39], DropReason.TooShort },
        { "IPv6 payload length beyond the packet", Ipv6.Udp()[..^1], DropReason.BadTotalLength },
        { "extension headers without end", Endless(200), DropReason.BadExtensionHeaders },
        { "extension header beyond the packet", Beyond(), DropReason.BadExtensionHeaders },
        { "9000 bytes at MTU 1500", (Ipv4 with { Payload = new byte[8972] }).Udp(), DropReason.ExceedsMtu },
        { "one byte over the MTU", (Ipv4 with { Payload = new byte[1473] }).Udp(), DropReason.ExceedsMtu },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Good_packets_pass_unchanged(string what, byte[] packet)
    {
        StageRun run = StageRun.Of(new ValidationStage(), packet);
        Assert.True(run.Drop == DropReason.None, $"{what}: {run.Drop}");
        Assert.Equal(packet, run.Bytes);
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void The_same_in_an_Ethernet_frame_passes(string what, byte[] packet)
    {
        foreach (ushort? vlan in new ushort?[] { null, 7 })
            Assert.True(StageRun.OfFrame(new ValidationStage(), PacketBuilder.Ethernet(packet, vlan)).Drop == DropReason.None, what);
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Hostile_packets_are_dropped_with_their_reason(string what, byte[] packet, DropReason reason)
    {
        DropReason drop = StageRun.Of(new ValidationStage(), packet).Drop;
        Assert.True(drop == reason, $"{what}: {drop}");
    }

    [Fact]
    public void A_frame_too_short_for_Ethernet_is_dropped_and_ARP_passes()
    {
        Assert.Equal(DropReason.TooShort, StageRun.OfFrame(new ValidationStage(), new byte[13]).Drop);
        byte[] arp = new byte[42];
        (arp[12], arp[13]) = (0x08, 0x06);
        Assert.Equal(DropReason.None, StageRun.OfFrame(new ValidationStage(), arp).Drop);
    }

    private static byte[] Changed(byte[] packet, int at, byte value)
    {
        packet[at] = value;
        return packet;
    }

    private static byte[] Endless(int count) => (Ipv6 with
    {
        ExtensionHeaders = [.. Enumerable.Repeat((IpProtocol.DestinationOptions, new byte[8]), Math.Min(count, 150))],
        Payload = [],
    }).Wrap(IpProtocol.DestinationOptions, []);

    private static byte[] Beyond() => (Ipv6 with
    {
        ExtensionHeaders = [(IpProtocol.DestinationOptions, [0, 255, 0, 0, 0, 0, 0, 0])],
    }).Wrap(IpProtocol.NoNextHeader, []);
}
