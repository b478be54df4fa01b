using System.Buffers.Binary;
using FastTun.Linux.Native;
using FastTun.Linux.Netlink;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Netlink;

/// <summary>Whose answer it is, to which question, and whether it is whole.</summary>
public sealed class NetlinkSocketTests : IDisposable
{
    private readonly PrivateNetwork _network = PrivateNetwork.Create();
    private readonly byte[] _buffer = new byte[64];

    public void Dispose() => _network.Dispose();

    [Fact]
    public void What_is_not_from_the_kernel_is_no_answer()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(_network.Namespace);
        Assert.Equal(["lo"], ListLinks(socket));

        // The next sequence number is no secret.
        _network.Namespace.Run(() => NetlinkForger.Send(socket.Descriptor, Refusal(sequence: 2)));

        Assert.Equal(["lo"], ListLinks(socket));
    }

    [Fact]
    public void What_an_abandoned_question_left_is_no_answer_to_the_next()
    {
        int index = _network.AddDevice("tun0");
        for (int i = 0; i < 1000; i++)
            _network.Routes.AddAddress(index, InterfaceAddress.Parse($"198.18.{i / 250}.{1 + (i % 250)}/32"));
        using NetlinkSocket socket = NetlinkSocket.Open(_network.Namespace);
        var request = new NetlinkWriter(_buffer, Rtnetlink.RTM_GETADDR, NetlinkAbi.NLM_F_DUMP);
        request.Fixed(default(ifaddrmsg));
        Span<byte> message = request.Message;

        bool isAbandoned = false;
        try
        {
            socket.Exchange(message, (_, _) => throw new OperationCanceledException());
        }
        catch (OperationCanceledException)
        {
            isAbandoned = true;
        }

        Assert.True(isAbandoned);
        Assert.Equal(["lo", "tun0"], ListLinks(socket));
    }

    [Fact]
    public void The_kernels_explanation_comes_with_its_refusal()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(_network.Namespace);
        var request = new NetlinkWriter(_buffer, Rtnetlink.RTM_GETLINK, NetlinkAbi.NLM_F_DUMP);
        request.Fixed(new ifinfomsg { ifi_flags = 1 });

        NetlinkAnswer answer = socket.Exchange(request.Message, null);

        Assert.Equal(Errno.EINVAL, answer.Error);
        Assert.Equal("Invalid values in header for link dump request", answer.Text);
    }

    [Fact]
    public void A_list_that_changes_while_it_is_read_is_read_again()
    {
        const int Count = 2000;
        int index = _network.AddDevice("tun0");
        for (int i = 0; i < Count; i++)
            _network.Routes.AddAddress(index, InterfaceAddress.Parse($"198.18.{i / 250}.{1 + (i % 250)}/32"));
        using var other = RouteSocket.Open(_network.Namespace);
        var request = new NetlinkWriter(_buffer, Rtnetlink.RTM_GETADDR, NetlinkAbi.NLM_F_DUMP);
        request.Fixed(new ifaddrmsg { ifa_family = SysSocket.AF_INET });

        // The kernel counts where it was: without the first addresses, some of the others are passed over.
        int reads = 0;
        List<ListedAddress> listed = _network.Routes.Dump(request, Rtnetlink.RTM_NEWADDR, "tun0", payload =>
        {
            if (reads++ == 0)
            {
                for (int i = 1; i <= 100; i++)
                    other.DeleteAddress(index, InterfaceAddress.Parse($"198.18.0.{i}/32"));
            }

            return AddressMessage.Read(index, payload);
        });

        Assert.Equal(Count - 100, listed.Count);
        Assert.Equal(other.GetAddresses(index), listed.Select(item => item.Address));
        Assert.True(reads > Count, "it was read twice");
    }

    private List<string> ListLinks(NetlinkSocket socket)
    {
        var request = new NetlinkWriter(_buffer, Rtnetlink.RTM_GETLINK, NetlinkAbi.NLM_F_DUMP);
        request.Fixed(default(ifinfomsg));
        var names = new List<string>();
        NetlinkAnswer answer = socket.Exchange(request.Message, (_, payload) => names.Add(LinkMessage.Read(payload).Name));
        Assert.Equal(Errno.None, answer.Error);
        return names;
    }

    private static byte[] Refusal(uint sequence)
    {
        byte[] message = new byte[36];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), NetlinkAbi.NLMSG_ERROR);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), sequence);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(16), -(int)Errno.EPERM);
        return message;
    }
}
