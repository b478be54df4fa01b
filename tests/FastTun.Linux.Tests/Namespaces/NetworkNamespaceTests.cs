using FastTun.Linux.Netlink;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Namespaces;

/// <summary>Where code runs, and that it comes back.</summary>
public sealed class NetworkNamespaceTests
{
    [Fact]
    public void A_new_one_is_another_with_nothing_but_a_loopback()
    {
        using NetworkNamespace here = NetworkNamespace.Current();
        using NetworkNamespace ns = NetworkNamespace.Create();
        using NetworkNamespace second = NetworkNamespace.Create();
        using var routes = RouteSocket.Open(ns);

        LinkInfo link = Assert.Single(routes.GetLinks());

        Assert.Equal(3, new HashSet<NetworkNamespace> { here, ns, second }.Count);
        Assert.True(link is { Name: "lo", IsUp: false });
    }

    [Fact]
    public void Its_loopback_comes_up_with_both_addresses()
    {
        using NetworkNamespace ns = NetworkNamespace.Create();
        using var routes = RouteSocket.Open(ns);

        ns.SetLoopbackUp();

        IReadOnlyList<InterfaceAddress> addresses = routes.GetAddresses(routes.GetLink("lo").Index);
        Assert.Equal(["127.0.0.1/8", "::1/128"], addresses.Select(address => address.ToString()));
    }

    [Fact]
    public void Code_runs_inside_and_the_callers_thread_stays_where_it_is()
    {
        using NetworkNamespace here = NetworkNamespace.Current();
        using NetworkNamespace ns = NetworkNamespace.Create();
        int caller = Environment.CurrentManagedThreadId;

        (ulong inode, int thread) = ns.Run(() =>
        {
            using NetworkNamespace inside = NetworkNamespace.Current();
            return (inside.Inode, Environment.CurrentManagedThreadId);
        });
        using NetworkNamespace after = NetworkNamespace.Current();

        Assert.Equal(ns.Inode, inode);
        Assert.NotEqual(caller, thread);
        Assert.Equal(here, after);
    }

    [Fact]
    public void What_is_thrown_inside_is_thrown_outside_with_its_stack()
    {
        using NetworkNamespace ns = NetworkNamespace.Create();

        var thrown = Assert.Throws<InvalidOperationException>(() => ns.Run(Failing));

        Assert.Equal("on purpose", thrown.Message);
        Assert.Contains(nameof(Failing), thrown.StackTrace);
    }

    [Fact]
    public void A_thread_spends_its_life_inside()
    {
        using NetworkNamespace ns = NetworkNamespace.Create();
        ulong inode = 0;

        Thread thread = ns.StartThread("sender", () =>
        {
            using NetworkNamespace inside = NetworkNamespace.Current();
            inode = inside.Inode;
        });
        thread.Join();

        Assert.Equal("sender", thread.Name);
        Assert.Equal(ns.Inode, inode);
    }

    [Fact]
    public void A_conversation_stays_where_it_was_opened()
    {
        using PrivateNetwork network = PrivateNetwork.Create();
        using NetworkNamespace other = NetworkNamespace.Create();
        network.AddDevice("tun0");

        Assert.True(other.Run(() => network.Routes.TryGetLink("tun0", out _)));
    }

    [Fact]
    public void It_can_be_opened_by_path_and_by_process()
    {
        using PrivateNetwork network = PrivateNetwork.Create();
        using Tool process = network.Start("sleep", "infinity");

        using NetworkNamespace byProcess = NetworkNamespace.Open($"pid:{process.Id}");
        using NetworkNamespace byPath = NetworkNamespace.Open($"/proc/{process.Id}/ns/net");
        using NetworkNamespace byDescriptor = NetworkNamespace.FromDescriptor(byPath.Descriptor.Duplicate());

        Assert.Equal([network.Namespace, network.Namespace, network.Namespace], [byProcess, byPath, byDescriptor]);
    }

    [Theory]
    [InlineData("no-such", "open network namespace no-such: ENOENT: there is no such namespace; 'ip netns list' shows those there are")]
    [InlineData("/no/such/file", "open network namespace /no/such/file: ENOENT: there is no such file")]
    [InlineData("pid:4294967295", "open network namespace pid:4294967295: ENOENT: there is no such process")]
    [InlineData("/proc/self/ns/uts", "open /proc/self/ns/uts: EINVAL: it is not a network namespace")]
    [InlineData("/dev/null", "open /dev/null: EINVAL: it is not a network namespace")]
    public void What_is_none_is_refused_by_name(string name, string message) =>
        Assert.Equal(message, Assert.Throws<LinuxException>(() => NetworkNamespace.Open(name)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("pid:")]
    [InlineData("pid:-1")]
    [InlineData("pid:self")]
    public void What_is_no_name_is_refused(string name) =>
        Assert.Throws<FormatException>(() => NetworkNamespace.Open(name));

    [Fact]
    public void One_that_was_closed_cannot_be_entered()
    {
        NetworkNamespace ns = NetworkNamespace.Create();
        ns.Dispose();

        Assert.Throws<ObjectDisposedException>(() => ns.Run(() => 0));
        Assert.Throws<ObjectDisposedException>(() => ns.StartThread("late", () => { }));
        Assert.Throws<ObjectDisposedException>(() => RouteSocket.Open(ns));
    }

    [Fact]
    public void To_one_that_was_closed_nothing_moves_and_in_it_nothing_is_asked()
    {
        using PrivateNetwork network = PrivateNetwork.Create();
        int index = network.AddDevice("tun0");
        NetworkNamespace closed = NetworkNamespace.Create();
        RouteSocket routes = RouteSocket.Open(closed);
        routes.Dispose();
        closed.Dispose();

        Assert.Throws<ObjectDisposedException>(() => network.Routes.SetLink(index, new LinkChanges { Namespace = closed }));
        Assert.Throws<ObjectDisposedException>(() => routes.GetLinks());
        Assert.True(network.Routes.TryGetLink("tun0", out _));
    }

    private static void Failing() => throw new InvalidOperationException("on purpose");
}
