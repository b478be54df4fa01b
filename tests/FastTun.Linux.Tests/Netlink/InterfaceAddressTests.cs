using System.Net;
using CsCheck;
using FastTun.Linux.Netlink;

namespace FastTun.Linux.Tests.Netlink;

/// <summary>What an address can be, and how it is written.</summary>
public sealed class InterfaceAddressTests
{
    private static readonly Gen<IPAddress> Ipv4 =
        Gen.Byte.Array[4].Where(bytes => bytes[0] is > 0 and < 224).Select(bytes => new IPAddress(bytes));

    private static readonly Gen<IPAddress> Ipv6 =
        Gen.Byte.Array[16].Where(bytes => bytes[0] is > 0 and < 255).Select(bytes => new IPAddress(bytes));

    private static readonly Gen<InterfaceAddress> Any = Gen.OneOf(
        Gen.Select(Ipv4, Gen.Int[0, 32]).Select((a, n) => new InterfaceAddress(a, n)),
        Gen.Select(Ipv4, Gen.Int[0, 32], Ipv4).Select((a, n, b) => new InterfaceAddress(a, n, b)),
        Gen.Select(Ipv4, Gen.Int[0, 30], Ipv4).Select((a, n, c) => new InterfaceAddress(a, n, null, c)),
        Gen.Select(Ipv4, Gen.Int[0, 30], Ipv4, Ipv4).Select((a, n, b, c) => new InterfaceAddress(a, n, b, c)),
        Gen.Select(Ipv6, Gen.Int[0, 128]).Select((a, n) => new InterfaceAddress(a, n)),
        Gen.Select(Ipv6, Gen.Int[0, 128], Ipv6).Select((a, n, b) => new InterfaceAddress(a, n, b)));

    [Fact]
    public void Any_address_is_read_back_from_its_text() =>
        Any.Sample(address => InterfaceAddress.Parse(address.ToString()) == address);

    [Fact]
    public void The_network_on_the_link_holds_the_far_end_and_no_bits_behind_its_prefix() => Any.Sample(address =>
        address.Network.Contains(address.Peer ?? address.Address)
        && IPNetwork.Parse(address.Network.ToString()) == address.Network);

    [Fact]
    public void Any_text_is_read_or_refused_and_what_is_read_is_read_again() =>
        Gen.String[Gen.Char["0123456789abf.:/ %[]perbd"], 0, 30].Sample(text =>
            !InterfaceAddress.TryParse(text, out InterfaceAddress? read)
            || InterfaceAddress.Parse(read.ToString()) == read);

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1/32")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("10.66.66.1 peer 10.66.66.2", "10.66.66.1 peer 10.66.66.2/32")]
    [InlineData("  10.66.66.1  peer  10.66.66.2/24 ", "10.66.66.1 peer 10.66.66.2/24")]
    [InlineData("192.0.2.1 peer 192.0.2.1/24", "192.0.2.1/24")]
    [InlineData("2001:DB8:0::1/64", "2001:db8::1/64")]
    public void Is_written_in_one_way(string text, string canonical) =>
        Assert.Equal(canonical, InterfaceAddress.Parse(text).ToString());

    [Theory]
    [InlineData("", "it is written A/N")]
    [InlineData("/24", "'' is not an address")]
    [InlineData("192.0.2.1/33", "prefix length 33: for 192.0.2.1 it is 0 to 32")]
    [InlineData("2001:db8::1/129", "prefix length 129: for 2001:db8::1 it is 0 to 128")]
    [InlineData("192.0.2.1/-1", "'-1' is not a prefix length")]
    [InlineData("192.0.2.1/", "'' is not a prefix length")]
    [InlineData("192.0.2.1/24/3", "'24/3' is not a prefix length")]
    [InlineData("192.0.2", "'192.0.2' is not an address")]
    [InlineData("192.0.2.01", "'192.0.2.01' is not an address")]
    [InlineData("0xc0000201", "'0xc0000201' is not an address")]
    [InlineData("fe80::1%lo", "'fe80::1%lo' is not an address")]
    [InlineData("[::1]", "'[::1]' is not an address")]
    [InlineData("224.0.0.1/24", "224.0.0.1 is a multicast address")]
    [InlineData("ff02::1/64", "ff02::1 is a multicast address")]
    [InlineData("0.0.0.0/24", "0.0.0.0 is the unspecified address")]
    [InlineData("::/64", ":: is the unspecified address")]
    [InlineData("255.255.255.255/32", "255.255.255.255 is the broadcast address")]
    [InlineData("192.0.2.1 peer 239.1.2.3/24", "239.1.2.3 is a multicast address")]
    [InlineData("192.0.2.1 peer 0.0.0.0", "0.0.0.0 is the unspecified address")]
    [InlineData("192.0.2.1 peer 2001:db8::1/64", "192.0.2.1 and its peer 2001:db8::1 are of different families")]
    [InlineData("192.0.2.1/24 peer 192.0.2.2", "the prefix length goes behind the peer: peer 192.0.2.2/N")]
    [InlineData("192.0.2.1 peer", "it is written A/N, A peer B/N")]
    [InlineData("192.0.2.1 dev tun0", "it is written A/N, A peer B/N")]
    [InlineData("192.0.2.0/31 brd 192.0.2.1", "a /31 has no broadcast address")]
    [InlineData("2001:db8::1/64 brd 192.0.2.255", "only IPv4 has broadcast addresses")]
    public void What_cannot_be_is_refused_by_name(string text, string why)
    {
        string message = Assert.Throws<FormatException>(() => InterfaceAddress.Parse(text)).Message;

        Assert.StartsWith($"address '{text}': ", message);
        Assert.Contains(why, message);
        Assert.False(InterfaceAddress.TryParse(text, out _));
    }

    [Fact]
    public void The_constructor_refuses_the_same()
    {
        Assert.Throws<ArgumentException>(() => new InterfaceAddress(IPAddress.Parse("224.0.0.1"), 24));
        Assert.Throws<ArgumentException>(() => new InterfaceAddress(IPAddress.Parse("192.0.2.1"), 33));
        Assert.Throws<ArgumentException>(
            () => new InterfaceAddress(IPAddress.Parse("192.0.2.1"), 24, IPAddress.IPv6Loopback));
    }

    [Fact]
    public void Every_netmask_is_its_prefix_length_and_back()
    {
        for (int length = 0; length <= 32; length++)
            Assert.Equal(length, Netmask.ToPrefixLength(Netmask.FromPrefixLength(length)));
        Assert.Equal(24, Netmask.Parse("255.255.255.0"));
        Assert.Equal(0, Netmask.Parse("0.0.0.0"));
        Assert.Equal(32, Netmask.Parse("255.255.255.255"));
    }

    [Fact]
    public void A_netmask_with_a_hole_is_refused() => Gen.UInt.Sample(bits =>
    {
        bool isMask = (~bits & (~bits + 1)) == 0;
        var mask = new IPAddress([(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]);
        if (!isMask)
            Assert.Contains("without holes", Assert.Throws<FormatException>(() => Netmask.ToPrefixLength(mask)).Message);
    });

    [Theory]
    [InlineData("255.0.255.0")]
    [InlineData("0.255.255.255")]
    [InlineData("255.255.255.1")]
    [InlineData("ffff::")]
    [InlineData("24")]
    public void What_is_no_netmask_is_refused(string text) => Assert.Throws<FormatException>(() => Netmask.Parse(text));
}
