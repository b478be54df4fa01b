using FastTun.Packets;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Offload;

/// <summary>
/// A few flows, TCP and UDP, each of which goes on where its last packet ended; some packets are odd.
/// </summary>
internal sealed class Conversation(PacketBuilder[] builders)
{
    private const int UsualSize = 40;

    private readonly Dictionary<int, (ushort Identification, uint Sequence)> _states = [];

    /// <summary>The next packet of a flow; even flows are UDP.</summary>
    public byte[] Next(int flow, int departure, int oddity)
    {
        (ushort identification, uint sequence) =
            _states.GetValueOrDefault(flow, ((ushort)(65500 + flow), uint.MaxValue - 400));
        bool staysTheSame = oddity == 10;
        PacketBuilder builder = builders[flow / 2 % builders.Length] with
        {
            SourcePort = (ushort)(1000 + flow),
            Identification = identification,
            Payload = [.. Enumerable.Range(flow, UsualSize + departure).Select(value => (byte)value)],
        };
        bool isIpv6 = builder.Source.Contains(':', StringComparison.Ordinal);
        builder = oddity switch
        {
            1 => builder with { TimeToLive = 7 },
            2 => builder with { Payload = [] },
            3 => builder with { MoreFragments = true },
            4 => builder with { FragmentOffset = 64 },
            5 when !isIpv6 => builder with { Options = new byte[4] },
            5 => builder with { ExtensionHeaders = [(IpProtocol.HopByHopOptions, new byte[8])] },
            6 => builder with { TypeOfService = 0xB8 },
            _ => builder,
        };

        _states[flow] = ((ushort)(identification + (staysTheSame ? 0 : 1)), sequence + (uint)builder.Payload.Length);
        TcpFlags flags = oddity switch { 7 => TcpFlags.Psh, 8 => TcpFlags.Fin, 9 => TcpFlags.Cwr, _ => TcpFlags.None };
        byte[] packet = oddity == 11 ? builder.Echo()
            : flow % 2 == 0 ? builder.Udp() : builder.Tcp(TcpFlags.Ack | flags, sequence);
        if (oddity == 12)
            packet[^1] ^= 1;
        return packet;
    }
}
