using FastTun.Linux.Probing;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Probing;

public sealed class KernelProbeTests : IDisposable
{
    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Root_can_do_what_the_other_tests_do()
    {
        IReadOnlyList<Capability> found = _host.Namespace.Run(KernelProbe.Run);
        string[] needed = ["TUN devices", "TAP devices", "several queues", "network namespaces", "thread pinning"];
        Assert.All(needed, name => Assert.Equal(Errno.None, Of(found, name).Error));
        Assert.Equal(found.Count, found.Select(capability => capability.Name).Distinct().Count());
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        string openBefore = OpenFiles();
        _host.Namespace.Run(KernelProbe.Run);
        Assert.Equal(["lo"], _host.Routes.GetLinks().Select(link => link.Name));
        Assert.Equal(openBefore, OpenFiles());
    }

    [Fact]
    public void Without_capabilities_each_refusal_says_what_it_would_take()
    {
        IReadOnlyList<Capability> found = [];
        Unprivileged.Run(_host.Namespace, () => found = KernelProbe.Run());
        Assert.Equal(Errno.EPERM, Of(found, "TUN devices").Error);
        Assert.Contains("CAP_NET_ADMIN", Of(found, "TUN devices").Detail);
        Assert.Equal(Errno.EPERM, Of(found, "network namespaces").Error);
        IEnumerable<Capability> missing = found.Where(capability => !capability.IsAvailable);
        Assert.All(missing, capability => Assert.False(capability.Detail is "" or "unexpected", capability.Name));
    }

    [Fact]
    public void Without_the_driver_only_devices_are_missing()
    {
        IReadOnlyList<Capability> found = [];
        WithoutDriver.Run(_host.Namespace, () => found = KernelProbe.Run());
        Assert.Equal(Errno.ENOENT, Of(found, "TUN devices").Error);
        Assert.Contains("modprobe tun", Of(found, "TAP devices").Detail);
        Assert.True(Of(found, "thread pinning").IsAvailable);
    }

    private static Capability Of(IEnumerable<Capability> found, string name) =>
        found.Single(capability => capability.Name == name);

    private static string OpenFiles()
    {
        string[] kinds = ["/dev/net/tun", "io_uring", "bpf-prog"];
        string[] files = Directory.GetFileSystemEntries("/proc/self/fd");
        IEnumerable<string?> targets = files.Select(file => new FileInfo(file).LinkTarget);
        return string.Join('\n', targets.Where(target => kinds.Any(kind => target?.Contains(kind) == true)).Order());
    }
}
