using FastTun.Batching;
using FastTun.Engine;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.Packets;
using FastTun.Stages;

namespace FastTun.Tests.Readme;

/// <summary>The README's code between the markers, to the letter: it compiles, and it runs.</summary>
internal static class Examples
{
    public static async Task ForwardAsync(CancellationToken cancellationToken)
    {
        #region embedding
        var options = new TunDeviceOptions { QueueCount = 2, Up = true };
        using TunDevice left = TunDevice.Open(
            options with { Name = "left", Addresses = [InterfaceAddress.Parse("198.18.0.1 peer 198.18.0.2")] });
        using TunDevice right = TunDevice.Open(
            options with { Name = "right", Addresses = [InterfaceAddress.Parse("198.19.0.1 peer 198.19.0.2")] });
        await using var engine = new ForwardingEngine(
            [Port.FromDevice(left), Port.FromDevice(right)],
            () => [new ValidationStage(), new TimeToLiveStage(), new NoTelnetStage(), new CrossConnectStage()]);
        await engine.RunAsync(cancellationToken);
        Console.WriteLine(engine.Snapshot().Total);
        #endregion
    }
}

#region stage
internal sealed class NoTelnetStage : IPacketStage
{
    public void Process(PacketBatch batch)
    {
        foreach (Packet packet in batch)
            if (Ipv4Header.TryParse(packet.Network, out Ipv4Header ip) && ip.Protocol == IpProtocol.Tcp
                && TcpHeader.TryParse(ip.Payload, out TcpHeader tcp) && tcp.DestinationPort == 23)
                packet.Drop(DropReason.Policy);
    }
}
#endregion
