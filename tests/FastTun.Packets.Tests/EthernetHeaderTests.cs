using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>The Ethernet view.</summary>
public class EthernetHeaderTests
{
    private static readonly byte[] Packet = new PacketBuilder { Payload = [1, 2, 3] }.Udp();

    [Fact]
    public void ReadsAnUntaggedFrame()
    {
        Assert.True(EthernetHeader.TryParse(PacketBuilder.Ethernet(Packet), out EthernetHeader ethernet));
        Assert.Equal(14, ethernet.HeaderLength);
        Assert.Equal(EtherType.Ipv4, ethernet.Type);
        Assert.Equal(-1, ethernet.VlanId);
        Assert.Equal([2, 0, 0, 0, 0, 2], ethernet.Destination.ToArray());
        Assert.Equal([2, 0, 0, 0, 0, 1], ethernet.Source.ToArray());
        Assert.Equal(Packet, ethernet.Payload);
    }

    [Fact]
    public void SkipsTags()
    {
        Assert.True(EthernetHeader.TryParse(PacketBuilder.Ethernet(Packet, vlan: 4094), out EthernetHeader ethernet));
        Assert.Equal(18, ethernet.HeaderLength);
        Assert.Equal(4094, ethernet.VlanId);
        Assert.Equal(Packet, ethernet.Payload);

        byte[] two = [.. new byte[12], 0x88, 0xA8, 0x20, 0x07, 0x81, 0x00, 0x00, 0x01, 0x86, 0xDD, 9];
        Assert.True(EthernetHeader.TryParse(two, out ethernet));
        Assert.Equal(22, ethernet.HeaderLength);
        Assert.Equal(7, ethernet.VlanId);
        Assert.Equal(EtherType.Ipv6, ethernet.Type);
        Assert.Equal([9], ethernet.Payload.ToArray());
    }

    [Fact]
    public void AThirdTagIsPayload()
    {
        byte[] three = [.. new byte[12], 0x81, 0, 0, 1, 0x81, 0, 0, 2, 0x81, 0, 0, 3, 8, 0];
        Assert.True(EthernetHeader.TryParse(three, out EthernetHeader ethernet));
        Assert.Equal(EthernetHeader.MaxLength, ethernet.HeaderLength);
        Assert.Equal(EtherType.Vlan, ethernet.Type);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("0000000000000000000000000800", true)]
    [InlineData("00000000000000000000000008", false)]
    [InlineData("0000000000000000000000008100", false)]
    [InlineData("00000000000000000000000081000001", false)]
    [InlineData("000000000000000000000000810000010800", true)]
    [InlineData("00000000000000000000000088A8000181000001", false)]
    public void TheHeaderMustFit(string hex, bool expected) =>
        Assert.Equal(expected, EthernetHeader.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void SwapsAddressesAndSetsTheType()
    {
        byte[] frame = PacketBuilder.Ethernet(Packet);
        Assert.True(EthernetHeader.TryParse(frame, out EthernetHeader ethernet));
        ethernet.SwapAddresses();
        ethernet.Type = EtherType.Arp;
        Assert.Equal([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6, .. Packet], frame);
    }
}
