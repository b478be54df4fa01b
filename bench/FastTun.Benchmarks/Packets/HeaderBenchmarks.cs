using BenchmarkDotNet.Attributes;
using FastTun.Packets;

namespace FastTun.Benchmarks.Packets;

/// <summary>
/// What a stage does to one packet's headers: look at it, classify it, take a hop, rewrite an address and a port. Each
/// operation runs over 64 packets that differ, as a batch does.
/// </summary>
public class HeaderBenchmarks
{
    private const int Packets = 64;

    private readonly byte[][] _ipv4 = new byte[Packets][];
    private readonly byte[][] _ipv6 = new byte[Packets][];

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Packets; i++)
        {
            // 192.0.2.i and 2001:db8::i to .200: UDP from port 1024 + i, with 36 bytes of data.
            _ipv4[i] = Convert.FromHexString("450000400000400040110000C0000200C00002C804000800002C0001" + new string('0', 72));
            _ipv4[i][15] = _ipv4[i][21] = (byte)i;
            _ipv6[i] = Convert.FromHexString(
                "60000000002C114020010DB800000000000000000000000020010DB80000000000000000000000C80400080000" +
                "2C0001" + new string('0', 72));
            _ipv6[i][23] = _ipv6[i][41] = (byte)i;
            Check(Ipv4Header.TryParse(_ipv4[i], out Ipv4Header ipv4) && UdpHeader.TryParse(ipv4.Payload, out _));
            Check(Ipv6Header.TryParse(_ipv6[i], out Ipv6Header ipv6) && UdpHeader.TryParse(ipv6.Payload, out _));
            ipv4.UpdateChecksum();
        }
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public uint TryParseIpv4()
    {
        uint sum = 0;
        foreach (byte[] packet in _ipv4)
        {
            if (Ipv4Header.TryParse(packet, out Ipv4Header header))
                sum += header.Destination;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public ulong TryParseIpv6()
    {
        ulong sum = 0;
        foreach (byte[] packet in _ipv6)
        {
            if (Ipv6Header.TryParse(packet, out Ipv6Header header))
                sum += (ulong)header.Destination;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public uint ParseIpv4() => ParseAll(_ipv4);

    [Benchmark(OperationsPerInvoke = Packets)]
    public uint ParseIpv6() => ParseAll(_ipv6);

    [Benchmark(OperationsPerInvoke = Packets)]
    public int VerifyIpv4Checksum()
    {
        int correct = 0;
        foreach (byte[] packet in _ipv4)
        {
            if (Ipv4Header.TryParse(packet, out Ipv4Header header) && header.VerifyChecksum())
                correct++;
        }

        return correct;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int DecrementTimeToLive()
    {
        int taken = 0;
        foreach (byte[] packet in _ipv4)
        {
            // Set back first, and checksum left behind: a constant amount of work, and never a last hop.
            packet[8] = 64;
            if (Ipv4Header.TryParse(packet, out Ipv4Header header) && header.DecrementTimeToLive())
                taken++;
        }

        return taken;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public void RewriteIpv4SourceAndPort()
    {
        foreach (byte[] packet in _ipv4)
        {
            if (!Ipv4Header.TryParse(packet, out Ipv4Header ip) || !UdpHeader.TryParse(ip.Payload, out UdpHeader udp))
                continue;
            udp.AdjustChecksum(ip.ReplaceSource(ip.Source ^ 1));
            udp.ReplaceSourcePort((ushort)(udp.SourcePort ^ 1));
        }
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public void RewriteIpv6SourceAndPort()
    {
        foreach (byte[] packet in _ipv6)
        {
            if (!Ipv6Header.TryParse(packet, out Ipv6Header ip) || !UdpHeader.TryParse(ip.Payload, out UdpHeader udp))
                continue;
            udp.AdjustChecksum(ip.ReplaceSource(ip.Source ^ 1));
            udp.ReplaceSourcePort((ushort)(udp.SourcePort ^ 1));
        }
    }

    private static uint ParseAll(byte[][] packets)
    {
        uint sum = 0;
        foreach (byte[] packet in packets)
        {
            if (PacketParser.Parse(packet, out ParsedPacket parsed) == ParseError.None)
                sum += parsed.FlowHash;
        }

        return sum;
    }

    private static void Check(bool isRight)
    {
        if (!isRight)
            throw new InvalidOperationException("The benchmark's own packets are wrong.");
    }
}
