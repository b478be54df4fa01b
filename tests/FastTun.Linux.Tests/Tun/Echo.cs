using System.Buffers.Binary;

namespace FastTun.Linux.Tests.Tun;

/// <summary>The ICMP echo of RFC 792, as far as a test must answer a ping with bare hands.</summary>
internal static class Echo
{
    private const int ProtocolOffset = 9, AddressesOffset = 12, IcmpOffset = 20;
    private const byte Icmp = 1, Request = 8;

    /// <summary>Whether this is an IPv4 packet without options that carries an echo request.</summary>
    public static bool IsRequest(ReadOnlySpan<byte> packet) =>
        packet.Length > IcmpOffset + 8 && packet[0] == 0x45
        && packet[ProtocolOffset] == Icmp && packet[IcmpOffset] == Request;

    /// <summary>
    /// Makes the request its own reply: addresses swapped (the IPv4 checksum stays), type 0, checksum patched.
    /// </summary>
    public static void TurnRound(Span<byte> packet)
    {
        Span<byte> source = packet.Slice(AddressesOffset, 4), destination = packet.Slice(AddressesOffset + 4, 4);
        uint swap = BinaryPrimitives.ReadUInt32BigEndian(source);
        destination.CopyTo(source);
        BinaryPrimitives.WriteUInt32BigEndian(destination, swap);

        // RFC 1624 with one word gone from 0x0800 to 0: the one's complement sum grows by 0x0800.
        Span<byte> checksum = packet.Slice(IcmpOffset + 2, 2);
        int sum = BinaryPrimitives.ReadUInt16BigEndian(checksum) + (Request << 8);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, (ushort)(sum + (sum >> 16)));
        packet[IcmpOffset] = 0;
    }

    /// <summary>Answers pings until the queue is closed.</summary>
    public static void Answer(Linux.Tun.TunQueue queue, int headerBytes = 0)
    {
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                int length = queue.Read(buffer);
                Span<byte> packet = buffer.AsSpan(headerBytes, length - headerBytes);
                if (!IsRequest(packet))
                    continue;
                TurnRound(packet);
                queue.Write(buffer.AsSpan(0, length));
            }
        }
        catch (ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
