using System.Text.Json;
using FastTun.Linux;
using FastTun.Linux.Netlink;

namespace FastTun.TestKit;

/// <summary>
/// A host of a test's own: an anonymous network namespace with its loopback up, a conversation with its kernel side,
/// and other people's tools run inside. All of it is gone when the test ends.
/// </summary>
public sealed class PrivateNetwork : IDisposable
{
    private PrivateNetwork(NetworkNamespace ns)
    {
        Namespace = ns;
        ns.SetLoopbackUp();
        Routes = RouteSocket.Open(ns);
    }

    public NetworkNamespace Namespace { get; }

    public RouteSocket Routes { get; }

    public static PrivateNetwork Create() => new(NetworkNamespace.Create());

    /// <summary>Makes a persistent device that nobody has open, by iproute2, and so without a line of ours.</summary>
    /// <returns>Its interface number.</returns>
    public int AddDevice(string name, string mode = "tun")
    {
        Run("ip", "tuntap", "add", name, "mode", mode).OrThrow();
        return Routes.GetLink(name).Index;
    }

    /// <summary>Runs a tool inside and waits for its end.</summary>
    public ToolResult Run(string tool, params string[] arguments)
    {
        using Tool running = Start(tool, arguments);
        return running.Wait();
    }

    /// <summary>Starts a tool inside; who starts it disposes it.</summary>
    public Tool Start(string tool, params string[] arguments) => Namespace.Run(() => Tool.Start(tool, arguments));

    /// <summary>What <c>ip -j -d</c> answers to a question.</summary>
    public JsonElement Ip(params string[] arguments)
    {
        string json = Run("ip", ["-j", "-d", .. arguments]).OrThrow().Output;
        return JsonDocument.Parse(json.Length == 0 ? "[]" : json).RootElement;
    }

    /// <summary>Waits until a host can be sent to: an interface's IPv6 routes come somewhat after it is up.</summary>
    public void WaitForRoute(string host) => Eventually.Holds(() => Run("ip", "route", "get", host).ExitCode == 0);

    public void Dispose()
    {
        Routes.Dispose();
        Namespace.Dispose();
    }
}
