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
    public async Task A_list_that_changes_while_it_is_read_is_whole_nevertheless()
    {
        const int Stable = 1500;
        int index = _network.AddDevice("tun0");
        for (int i = 1; i <= Stable; i++)
            _network.Routes.AddAddress(index, InterfaceAddress.Parse($"2001:db8::{i:x}/128"));
        HashSet<InterfaceAddress> expected = [.. _network.Routes.GetAddresses(index)];
        using var end = new CancellationTokenSource();
        Task churn = Task.Run(() => Churn(index, end.Token), TestContext.Current.CancellationToken);

        var wrong = new List<int>();
        for (int round = 0; round < 50; round++)
        {
            List<InterfaceAddress> listed = [.. _network.Routes.GetAddresses(index).Where(expected.Contains)];
            if (listed.Count != Stable || listed.Distinct().Count() != Stable)
                wrong.Add(listed.Count);
        }

        await end.CancelAsync();
        await churn;
        Assert.Empty(wrong);
    }

    private void Churn(int index, CancellationToken end)
    {
        using var routes = RouteSocket.Open(_network.Namespace);

        // The kernel lists a new IPv6 address first and counts where it was from there: all others move.
        InterfaceAddress passing = InterfaceAddress.Parse("2001:db8:1::1/128");
        while (!end.IsCancellationRequested)
        {
            routes.AddAddress(index, passing);
            routes.DeleteAddress(index, passing);
        }
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
