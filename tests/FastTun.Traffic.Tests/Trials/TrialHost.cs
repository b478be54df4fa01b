using System.Net;
using FastTun.TestKit;

namespace FastTun.Traffic.Tests.Trials;

/// <summary>One host that sends to itself, or to where nothing comes back from.</summary>
internal sealed class TrialHost : IDisposable
{
    public PrivateNetwork Network { get; } = PrivateNetwork.Create();

    /// <summary>Over the loopback interface.</summary>
    public TrialPath Loopback(string address = "127.0.0.1") => Path(address, address, address);

    /// <summary>Into a device that throws everything away: nobody has it open.</summary>
    public TrialPath Nowhere()
    {
        Network.AddDevice("tun0");
        Network.Run("ip", "address", "add", "192.0.2.1/24", "dev", "tun0").OrThrow();
        Network.Run("ip", "link", "set", "tun0", "up").OrThrow();
        return Path("192.0.2.1", "192.0.2.2", "127.0.0.1");
    }

    public TrialPath Path(string sender, string target, string receiver) => new(
        Network.Namespace, IPAddress.Parse(sender), IPAddress.Parse(target), Network.Namespace, IPAddress.Parse(receiver));

    public void Dispose() => Network.Dispose();
}
