using FastTun.Batching;
using FastTun.Packets;
using FastTun.Stages;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Stages;

public class ReflectStageTests
{
    private static readonly PacketBuilder Ipv4 = new() { Payload = [1, 2, 3, 4, 5] };
    private static readonly PacketBuilder Ipv6 = Ipv4 with { Source = "2001:db8::1", Destination = "2001:db8::2" };

    public static TheoryData<byte[], byte[]> Mirrored
    {
        get
        {
            var data = new TheoryData<byte[], byte[]>();
            foreach (PacketBuilder there in new[] { Ipv4, Ipv6 })
            {
                PacketBuilder back = there with
                {
                    Source = there.Destination,
                    Destination = there.Source,
                    SourcePort = there.DestinationPort,
                    DestinationPort = there.SourcePort,
                };
                data.Add(there.Udp(), back.Udp());
                data.Add(there.Tcp(), back.Tcp());
                data.Add(there.Echo(7, 9), back.Echo(7, 9, reply: true));
                data.Add(there.Echo(7, 9, reply: true), back.Echo(7, 9, reply: true));
                data.Add(there.Wrap((IpProtocol)253, [9, 9]), back.Wrap((IpProtocol)253, [9, 9]));
                data.Add(
                    (there with { FragmentOffset = 64 }).Wrap(IpProtocol.Udp, [1, 2, 3, 4, 5, 6, 7, 8]),
                    (back with { FragmentOffset = 64 }).Wrap(IpProtocol.Udp, [1, 2, 3, 4, 5, 6, 7, 8]));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Mirrored))]
    public void Everything_comes_back_as_its_receiver_would_have_sent_it(byte[] there, byte[] back)
    {
        StageRun run = StageRun.Of(new ReflectStage(), there, inputPort: 1);
        Assert.Equal(PacketFormatter.Format(back), PacketFormatter.Format(run.Bytes));
        Assert.Equal(back, run.Bytes);
        Assert.Equal(1, run.OutputPort);
    }

    [Fact]
    public void A_frame_comes_back_to_the_address_it_came_from()
    {
        byte[] frame = PacketBuilder.Ethernet(Ipv4.Udp());
        byte[] bytes = StageRun.OfFrame(new ReflectStage(), frame).Bytes;
        Assert.Equal(frame[..6], bytes[6..12]);
        Assert.Equal(frame[6..12], bytes[..6]);
    }

    [Theory]
    [InlineData("0.0.0.0", "198.51.100.1")]
    [InlineData("192.0.2.1", "224.0.0.1")]
    [InlineData("192.0.2.1", "255.255.255.255")]
    [InlineData("::", "2001:db8::1")]
    [InlineData("2001:db8::1", "ff02::2")]
    public void What_no_host_may_send_back_is_dropped(string source, string destination)
    {
        byte[] packet = (Ipv4 with { Source = source, Destination = destination }).Udp();
        Assert.Equal(DropReason.NotUnicast, StageRun.Of(new ReflectStage(), packet).Drop);
    }
}
