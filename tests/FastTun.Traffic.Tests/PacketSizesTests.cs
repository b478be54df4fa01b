using System.Net.Sockets;

namespace FastTun.Traffic.Tests;

public class PacketSizesTests
{
    [Theory]
    [InlineData("60", 60)]
    [InlineData("64", 64)]
    [InlineData("1500", 1500)]
    [InlineData("65535", 65535)]
    public void Reads_a_size(string text, int size)
    {
        var sizes = PacketSizes.Parse(text);
        Assert.Equal([size], sizes.Over(AddressFamily.InterNetwork));
        Assert.True(sizes.IsFixed);
        Assert.Equal(text, sizes.ToString());
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, 64)]
    [InlineData(AddressFamily.InterNetworkV6, 80)]
    public void Imix_has_seven_small_ones_four_middling_ones_and_a_large_one(AddressFamily family, int small)
    {
        Dictionary<int, int> counts = PacketSizes.Parse("IMIX").Over(family).CountBy(size => size).ToDictionary();
        Assert.Equal(new Dictionary<int, int> { [small] = 7, [552] = 4, [1500] = 1 }, counts);
        Assert.Equal("imix", PacketSizes.Imix.ToString());
        Assert.False(PacketSizes.Imix.IsFixed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("59")]
    [InlineData("65536")]
    [InlineData("-64")]
    [InlineData("64.5")]
    [InlineData("0x40")]
    [InlineData("99999999999")]
    [InlineData("jumbo")]
    public void Refuses_by_name_what_is_no_size(string text)
    {
        FormatException refused = Assert.Throws<FormatException>(() => PacketSizes.Parse(text));
        Assert.Equal($"size '{text}': wanted the IP packet's length, 60 to 65535 bytes, or imix", refused.Message);
    }

    [Fact]
    public void Over_IPv6_it_says_how_small_a_packet_can_be()
    {
        Assert.Equal([80], PacketSizes.Fixed(80).Over(AddressFamily.InterNetworkV6));
        FormatException refused = Assert.Throws<FormatException>(
            () => PacketSizes.Fixed(79).Over(AddressFamily.InterNetworkV6));
        Assert.Equal("size '79': over IPv6 a measured packet has at least 80 bytes", refused.Message);
    }
}
