using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>
/// Two private hosts for <c>fasttun forward</c> to join, as often as a test likes: ta at the left one, tb at the right one,
/// each the other's peer. On a TUN they send nothing unasked, so that every packet is a test's own and can be counted.
/// </summary>
internal sealed class QuietHosts : IDisposable
{
    public const string LeftAddress = "198.18.0.1", RightAddress = "198.19.0.1";
    public const string LeftAddressV6 = "2001:db8:18::1", RightAddressV6 = "2001:db8:19::1";

    public PrivateNetwork Left { get; } = CreateHost();

    public PrivateNetwork Right { get; } = CreateHost();

    /// <summary>
    /// A private host without router solicitations, duplicate address detection and link-local addresses, which does not
    /// complain of IPv6 packets that are not for it. At an Ethernet device neighbour discovery and group reports remain.
    /// </summary>
    public static PrivateNetwork CreateHost()
    {
        PrivateNetwork host = PrivateNetwork.Create();
        host.Namespace.Run(() =>
        {
            Set("router_solicitations", 0);
            Set("accept_dad", 0);
            Set("addr_gen_mode", 1); // IN6_ADDR_GEN_MODE_NONE
        });
        host.Run("ip", "-6", "route", "add", "blackhole", "default").OrThrow();
        return host;
    }

    /// <summary>Makes both devices beforehand, by iproute2 and persistent.</summary>
    public void AddPersistentDevices(int queues)
    {
        string[] kind = queues > 1 ? ["mode", "tun", "multi_queue"] : ["mode", "tun"];
        Left.Run("ip", ["tuntap", "add", "ta", .. kind]).OrThrow();
        Right.Run("ip", ["tuntap", "add", "tb", .. kind]).OrThrow();
    }

    /// <summary>Joins the hosts by single queues.</summary>
    /// <param name="options">What follows the ports.</param>
    public RunningCommand Forward(params string[] options) => Forward(1, options);

    /// <summary>Joins the hosts by devices with some queues, with offloads as the command has them by default.</summary>
    public RunningCommand Forward(int queues, params string[] options) =>
        Join($"queues={queues}", $"queues={queues}", options);

    /// <summary>Joins the hosts by devices with some queues, with offloads or without.</summary>
    /// <param name="queues">How many each device has.</param>
    /// <param name="left">Whether the left port has offloads.</param>
    /// <param name="right">Whether the right port has offloads.</param>
    /// <param name="options">What follows the ports.</param>
    public RunningCommand Forward(int queues, bool left, bool right, params string[] options) =>
        Join($"queues={queues},{Offload(left)}", $"queues={queues},{Offload(right)}", options);

    /// <summary>The port key that turns offloads on or off.</summary>
    public static string Offload(bool on) => on ? "offload=true" : "offload=false";

    /// <summary>Joins the hosts by devices that have their addresses from here.</summary>
    /// <param name="left">The left port's keys.</param>
    /// <param name="right">The right port's keys.</param>
    /// <param name="options">What follows the ports.</param>
    public RunningCommand ForwardPorts(string left, string right, params string[] options)
    {
        string[] ports = [$"ta@{Command.NameOf(Left)},{left}", $"tb@{Command.NameOf(Right)},{right}"];
        return Command.Start(Left, ["forward", .. ports, .. options]);
    }

    /// <summary>A datagram stream from left to right, as fast as it goes, until it is disposed.</summary>
    public UdpLoad StartLoad() => new(this);

    /// <summary>Pings from the left host and fails unless all requests are answered.</summary>
    /// <returns>What ping said.</returns>
    public string Ping(int count, string target = RightAddress, params string[] options) =>
        Ping(Left, count, target, options);

    /// <summary>Pings from a host and fails unless all requests are answered.</summary>
    /// <returns>What ping said.</returns>
    public static string Ping(PrivateNetwork host, int count, string target, params string[] options)
    {
        // For its last answer ping waits no longer than an interval, whatever -W says: so all go out at once, before a
        // long one.
        string[] atOnce = ["-c", $"{count}", "-l", $"{count}", "-i", "10"];
        string output = host.Run("ping", [.. atOnce, .. options, target]).OrThrow().Output;
        Assert.Contains($"{count} received", output);
        return output;
    }

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }

    private RunningCommand Join(string leftKeys, string rightKeys, string[] options)
    {
        string left = $"address={LeftAddress} peer {RightAddress},address={LeftAddressV6} peer {RightAddressV6}";
        string right = $"address={RightAddress} peer {LeftAddress},address={RightAddressV6} peer {LeftAddressV6}";
        return ForwardPorts($"{left},{leftKeys}", $"{right},{rightKeys}", options);
    }

    private static void Set(string name, int value) =>
        File.WriteAllText($"/proc/sys/net/ipv6/conf/default/{name}", $"{value}");
}
