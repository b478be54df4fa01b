using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

/// <summary>
/// Two private hosts with <c>fasttun forward</c> as the only way between them: 198.18.0.1 at ta on the left, 198.19.0.1 at
/// tb on the right, and as IPv6 addresses 2001:db8:18::1 and 2001:db8:19::1.
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    public const string LeftAddress = "198.18.0.1", RightAddress = "198.19.0.1";

    /// <param name="options">Of <c>forward</c>.</param>
    /// <param name="portKeys">Appended to both ports, such as <c>queues=2</c>.</param>
    public TwoHosts(string[]? options = null, string portKeys = "")
    {
        string keys = portKeys.Length > 0 ? "," + portKeys : "";
        string left = $"ta@{Command.NameOf(Left)},address={LeftAddress} peer 198.18.0.2,address=2001:db8:18::1/64"
            + $",route=198.19.0.0/24,route=2001:db8:19::/64{keys}";
        string right = $"tb@{Command.NameOf(Right)},address={RightAddress} peer 198.19.0.2,address=2001:db8:19::1/64"
            + $",route=198.18.0.0/24,route=2001:db8:18::/64{keys}";
        Forwarder = Command.Start(Left, ["forward", left, right, .. options ?? []]);
    }

    public PrivateNetwork Left { get; } = PrivateNetwork.Create();

    public PrivateNetwork Right { get; } = PrivateNetwork.Create();

    public RunningCommand Forwarder { get; }

    /// <summary>Pings across.</summary>
    public string Ping(int count, string target = RightAddress) =>
        Left.Run("ping", "-c", $"{count}", "-i", "0.01", "-W", "5", target).OrThrow().Output;

    public void Dispose()
    {
        Forwarder.Dispose();
        Left.Dispose();
        Right.Dispose();
    }
}
