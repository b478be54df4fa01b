using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>
/// Random and mutated bytes that end exactly at a page nobody may touch: parsing never throws, and whatever was parsed,
/// every member of every view may then be used, read and written, also after the lengths in the bytes were changed
/// underneath.
/// </summary>
public class HostileInputTests
{
    private const int Rounds = 100_000;

    private static readonly PacketBuilder Four = new() { Options = new byte[8], Payload = new byte[40] };
    private static readonly PacketBuilder Six = new()
    {
        Source = "2001:db8::1",
        Destination = "2001:db8::2",
        ExtensionHeaders = [(IpProtocol.HopByHopOptions, new byte[8]), (IpProtocol.Routing, [0, 1, .. new byte[14]])],
        Payload = new byte[40],
    };

    private static readonly byte[][] Seeds =
    [
        Four.Udp(),
        Four.Tcp(options: new byte[12]),
        Four.Echo(),
        (Four with { FragmentOffset = 8, MoreFragments = true }).Udp(),
        Six.Udp(),
        Six.Tcp(options: new byte[12]),
        Six.Echo(),
        (Six with { FragmentOffset = 8, MoreFragments = true }).Udp(),
        Six.Wrap(IpProtocol.AuthenticationHeader, [6, 4, .. new byte[42]]),
    ];

    [Fact]
    public void RandomBytes()
    {
        var random = new Random(791);
        using var memory = new GuardedMemory(256);
        for (int round = 0; round < Rounds; round++)
        {
            Span<byte> bytes = memory.Last(random.Next(120));
            random.NextBytes(bytes);

            // Without a right version nothing else would ever be reached.
            if (bytes.Length > 0 && round % 4 != 0)
                bytes[0] = (byte)((round % 4 == 1 ? 0x60 : 0x40) | (bytes[0] & 0x0F));
            UseEverything(bytes);
        }
    }

    [Fact]
    public void MutatedPackets()
    {
        var random = new Random(8200);
        using var memory = new GuardedMemory(256);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] seed = Seeds[round % Seeds.Length];
            Span<byte> bytes = memory.Copy(seed.AsSpan(0, round % 3 == 0 ? random.Next(seed.Length + 1) : seed.Length));
            for (int mutation = random.Next(4); mutation > 0 && bytes.Length > 0; mutation--)
                bytes[random.Next(Math.Min(bytes.Length, 80))] = (byte)random.Next(256);
            UseEverything(bytes);
        }
    }

    [Fact]
    public void EveryPrefixOfEveryPacket()
    {
        using var memory = new GuardedMemory(256);
        foreach (byte[] seed in Seeds)
        {
            for (int length = 0; length < seed.Length; length++)
            {
                Assert.NotEqual(ParseError.None, PacketParser.Parse(memory.Copy(seed.AsSpan(0, length)), out _));
                UseEverything(memory.Copy(seed.AsSpan(0, length)));
            }

            Assert.Equal(ParseError.None, PacketParser.Parse(memory.Copy(seed), out _));
        }
    }

    [Fact]
    public void EveryByteAtEveryValue()
    {
        using var memory = new GuardedMemory(256);
        foreach (byte[] seed in Seeds)
        {
            for (int position = 0; position < seed.Length; position++)
            {
                for (int value = 0; value < 256; value++)
                {
                    Span<byte> bytes = memory.Copy(seed);
                    bytes[position] = (byte)value;
                    UseEverything(bytes);
                }
            }
        }
    }

    private static void UseEverything(Span<byte> bytes)
    {
        // The upper layers' views too see the bytes from the start, so that they meet the guard page in every state.
        Assert.NotEmpty(PacketFormatter.Format(bytes));
        Assert.NotEmpty(PacketFormatter.FormatEthernet(bytes));
        UseParser(bytes);
        byte[] original = bytes.ToArray();
        UseEthernet(bytes);
        original.CopyTo(bytes);
        UseIpv4(bytes);
        original.CopyTo(bytes);
        UseIpv6(bytes);
        original.CopyTo(bytes);
        UseUpperLayers(bytes);
    }

    private static void UseParser(ReadOnlySpan<byte> bytes)
    {
        ParseError error = PacketParser.Parse(bytes, out ParsedPacket parsed);
        Assert.Equal(error == ParseError.None, parsed.Version is 4 or 6);
        Assert.InRange(parsed.L4Offset, 0, parsed.End);
        Assert.InRange(parsed.End, 0, bytes.Length);
        if (parsed.HasPorts)
            Assert.InRange(parsed.L4Length, 4, int.MaxValue);
        _ = PacketParser.ParseEthernet(bytes, out parsed);
        Assert.InRange(parsed.L4Offset, 0, parsed.End);
        Assert.InRange(parsed.End, 0, bytes.Length);
    }

    private static void UseEthernet(Span<byte> bytes)
    {
        if (!EthernetHeader.TryParse(bytes, out EthernetHeader header))
            return;
        Ruin(bytes);
        header.SwapAddresses();
        header.Type = EtherType.Vlan;
        Assert.InRange(header.VlanId, -1, 4095);
        Assert.Equal(bytes.Length, header.HeaderLength + header.Payload.Length);
    }

    private static void UseIpv4(Span<byte> bytes)
    {
        if (!Ipv4Header.TryParse(bytes, out Ipv4Header header))
            return;
        Assert.Equal(header.TotalLength, header.Packet.Length);
        UseUpperLayers(header.Payload);
        Ruin(bytes);
        header.DecrementTimeToLive();
        header.ReplaceTypeOfService(1);
        header.ReplaceSource(header.Destination);
        header.ReplaceDestination(header.Source);
        header.UpdateChecksum();
        Assert.True(header.VerifyChecksum());
        Assert.Equal(header.HeaderLength, Ipv4Header.MinLength + header.Options.Length);
        Assert.Equal(header.Packet.Length, header.HeaderLength + header.Payload.Length);
    }

    private static void UseIpv6(Span<byte> bytes)
    {
        if (!Ipv6Header.TryParse(bytes, out Ipv6Header header))
            return;
        Assert.Equal(Ipv6Header.FixedLength + header.PayloadLength, header.Packet.Length);
        UseUpperLayers(header.Payload);
        Ruin(bytes);
        header.DecrementHopLimit();
        header.TrafficClass = 1;
        header.FlowLabel = 2;
        header.ReplaceSource(header.Destination);
        header.ReplaceDestination(header.Source);
        Assert.Equal(header.HeaderLength, Ipv6Header.FixedLength + header.ExtensionHeaders.Length);
        Assert.Equal(header.Packet.Length, header.HeaderLength + header.Payload.Length);
        Assert.InRange(header.FragmentOffset, 0, 65528);
    }

    private static void UseUpperLayers(Span<byte> bytes)
    {
        if (IcmpHeader.TryParse(bytes, out IcmpHeader icmp))
        {
            icmp.Parameter++;
            icmp.UpdateChecksum();
            Assert.True(icmp.VerifyChecksum());
            Assert.Equal(icmp.Length, IcmpHeader.HeaderLength + icmp.Payload.Length);
        }

        if (Icmpv6Header.TryParse(bytes, out Icmpv6Header icmp6))
        {
            icmp6.Mtu++;
            icmp6.UpdateChecksum(1);
            Assert.True(icmp6.VerifyChecksum(1));
            Assert.Equal(icmp6.Length, Icmpv6Header.HeaderLength + icmp6.Payload.Length);
        }

        if (UdpHeader.TryParse(bytes, out UdpHeader udp))
        {
            int length = udp.Length;
            Ruin(bytes);
            udp.ReplaceDestinationPort(udp.SourcePort);
            udp.UpdateChecksum(1);
            Assert.True(udp.VerifyChecksum(1));
            Assert.Equal(length, UdpHeader.HeaderLength + udp.Payload.Length);
        }

        if (TcpHeader.TryParse(bytes, out TcpHeader tcp))
        {
            Ruin(bytes);
            tcp.UrgentPointer = 1;
            tcp.ReplaceSourcePort(tcp.DestinationPort);
            tcp.UpdateChecksum(1);
            Assert.True(tcp.VerifyChecksum(1));
            Assert.Equal(tcp.Length, tcp.HeaderLength + tcp.Payload.Length);
            Assert.Equal(tcp.HeaderLength, TcpHeader.MinLength + tcp.Options.Length);
        }
    }

    // Every length field becomes as large as it can: a view must live by what it proved, not by what it reads now.
    private static void Ruin(Span<byte> bytes) => bytes[..Math.Min(bytes.Length, 60)].Fill(0xFF);
}
