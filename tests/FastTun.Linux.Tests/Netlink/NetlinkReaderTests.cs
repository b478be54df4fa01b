using CsCheck;
using FastTun.Linux.Native;
using FastTun.Linux.Netlink;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Netlink;

/// <summary>Whatever arrives, it is read within its bounds or refused as malformed.</summary>
public sealed class NetlinkReaderTests
{
    private static readonly Action<byte[]>[] Readers =
    [
        bytes => LinkMessage.Read(bytes),
        bytes => LinkMessage.SaysMoved(bytes),
        bytes => AddressMessage.Read(1, bytes),
        bytes => RouteMessage.Read(1, bytes),
        bytes =>
        {
            var reader = new NetlinkReader(bytes);
            while (reader.TryReadMessage(out _, out _))
            {
            }
        },
    ];

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Array.TrueForAll(Readers, reader => IsReadOrRefused(reader, bytes)));

    [Fact]
    public void Messages_of_the_kernel_with_any_byte_changed_or_cut_off_are_read_or_refused()
    {
        using PrivateNetwork network = PrivateNetwork.Create();
        byte[][] payloads = [.. Payloads(network)];
        Assert.True(payloads.Length >= 5, "the kernel's own messages are the seed");

        Gen.Select(Gen.Int[0, payloads.Length - 1], Gen.Int[0, 4095], Gen.Byte, Gen.Int[0, 4095])
            .Sample((which, at, value, end) =>
            {
                byte[] bytes = [.. payloads[which]];
                bytes[at % bytes.Length] = value;
                bytes = bytes[..^(end % bytes.Length)];
                return Array.TrueForAll(Readers, reader => IsReadOrRefused(reader, bytes));
            });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(21)]
    public void A_message_shorter_than_its_header_or_longer_than_what_came_is_malformed(byte length)
    {
        byte[] datagram = new byte[20];
        datagram[0] = length;

        Assert.Throws<InvalidDataException>(() => new NetlinkReader(datagram).TryReadMessage(out _, out _));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        byte[] buffer = new byte[256];
        var writer = new NetlinkWriter(buffer, Rtnetlink.RTM_NEWLINK, NetlinkAbi.NLM_F_ACK);
        writer.Fixed(new ifinfomsg { ifi_index = 7 });
        writer.Text(IfLink.IFLA_IFNAME, "tun0");
        writer.UInt32(IfLink.IFLA_MTU, 1400);

        var reader = new NetlinkReader(writer.Message);

        Assert.True(reader.TryReadMessage(out nlmsghdr header, out ReadOnlySpan<byte> payload));
        Assert.Equal(16 + 16 + 12 + 8, (int)header.nlmsg_len);
        Assert.Equal(NetlinkAbi.NLM_F_ACK | NetlinkAbi.NLM_F_REQUEST, header.nlmsg_flags);
        Assert.True(LinkMessage.Read(payload) is { Index: 7, Name: "tun0", Mtu: 1400 });
        Assert.False(reader.TryReadMessage(out _, out _));
    }

    [Fact]
    public void A_request_that_does_not_fit_its_buffer_is_not_cut_off()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            var writer = new NetlinkWriter(new byte[20], Rtnetlink.RTM_NEWLINK, 0);
            writer.Fixed(default(ifinfomsg));
        });
    }

    private static List<byte[]> Payloads(PrivateNetwork network)
    {
        int index = network.AddDevice("tun0");
        LinkConfigurator.Apply(network.Routes, index, new LinkConfiguration
        {
            Link = new LinkChanges { Up = true },
            Addresses = [InterfaceAddress.Parse("192.0.2.1 peer 192.0.2.2/24"), InterfaceAddress.Parse("2001:db8::1/64")],
            Routes = [InterfaceRoute.Parse("default via 192.0.2.2")],
        });
        using NetlinkSocket socket = NetlinkSocket.Open(network.Namespace);
        var payloads = new List<byte[]>();
        ushort[] questions = [Rtnetlink.RTM_GETLINK, Rtnetlink.RTM_GETADDR, Rtnetlink.RTM_GETROUTE];
        foreach (ushort type in questions)
        {
            var request = new NetlinkWriter(new byte[64], type, NetlinkAbi.NLM_F_DUMP);
            if (type == Rtnetlink.RTM_GETLINK)
                request.Fixed(default(ifinfomsg));
            else if (type == Rtnetlink.RTM_GETADDR)
                request.Fixed(default(ifaddrmsg));
            else
                request.Fixed(default(rtmsg));
            socket.Exchange(request.Message, (_, payload) => payloads.Add(payload.ToArray()));
        }

        return payloads;
    }

    private static bool IsReadOrRefused(Action<byte[]> reader, byte[] bytes)
    {
        try
        {
            reader(bytes);
        }
        catch (InvalidDataException)
        {
            // Refused. Any other exception fails the property.
        }

        return true;
    }
}
