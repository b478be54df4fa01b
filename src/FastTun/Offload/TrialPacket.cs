using System.Buffers.Binary;
using FastTun.Packets;

namespace FastTun.Offload;

/// <summary>
/// An unfinished packet for the self-test, as the <see cref="Coalescer"/> would write it, and what must become of it on
/// its way through a router.
/// </summary>
internal sealed class TrialPacket
{
    private const int PayloadPattern = 251; // a prime: no two segments have the same bytes at the same places

    // Their checksums are filled in. TCP has a timestamp option, as it has between Linux hosts.
    private static readonly byte[] Ipv4 = Convert.FromHexString("450200001234400040000000C0000201C6336401");
    private static readonly byte[] Ipv6 = Convert.FromHexString(
        "6020000000000040" + "20010DB8000100000000000000000001" + "20010DB8000200000000000000000001");

    private static readonly byte[] Tcp = Convert.FromHexString(
        "00001389" + "FFFFFF00" + "00000001" + "8018FAF0" + "00000000" + "0101080A" + "0000000100000002");

    private static readonly byte[] Udp = Convert.FromHexString("0000138900000000");

    private static int _lastPort;

    private readonly int _headerLength;

    /// <summary>Makes one.</summary>
    /// <param name="kind">How it is to be cut; <see cref="GsoKind.None"/> for a partial checksum alone.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="isIpv6">Over IPv6.</param>
    /// <param name="size">Bytes of payload.</param>
    /// <param name="segmentSize">Bytes of payload in each segment but the last.</param>
    public TrialPacket(GsoKind kind, IpProtocol protocol, bool isIpv6, int size, int segmentSize)
    {
        (IsIpv6, Kind) = (isIpv6, kind);
        byte[] ip = isIpv6 ? Ipv6 : Ipv4, l4 = protocol == IpProtocol.Tcp ? Tcp : Udp;
        _headerLength = ip.Length + l4.Length;
        Bytes = [.. ip, .. l4, .. new byte[size]];
        for (int place = 0; place < size; place++)
            Bytes[_headerLength + place] = (byte)(place % PayloadPattern);
        int checksumOffset = protocol == IpProtocol.Tcp ? TcpHeader.ChecksumOffset : UdpHeader.ChecksumOffset;
        Fill(Bytes, ip.Length, protocol, checksumOffset);

        // A port of its own, which the pseudo-header does not have: what is left of one is not taken for another's.
        BinaryPrimitives.WriteUInt16BigEndian(Bytes.AsSpan(ip.Length), (ushort)Interlocked.Increment(ref _lastPort));
        Offload = new PacketOffload
        {
            GsoType = (byte)kind,
            ChecksumStart = (ushort)ip.Length,
            ChecksumOffset = (byte)checksumOffset,
            SegmentSize = (ushort)(kind == GsoKind.None ? 0 : segmentSize),
            HeaderLength = (ushort)(kind == GsoKind.None ? 0 : _headerLength),
        };
    }

    /// <summary>The packet.</summary>
    public byte[] Bytes { get; }

    /// <summary>What is left undone in it.</summary>
    public PacketOffload Offload { get; private set; }

    /// <summary>Over IPv6.</summary>
    public bool IsIpv6 { get; }

    /// <summary>How it is to be cut.</summary>
    public GsoKind Kind { get; }

    /// <summary>The same with TCP's CWR, which is for the first segment alone (RFC 3168 section 6.1.2).</summary>
    public TrialPacket WithEcn()
    {
        Bytes[Offload.ChecksumStart + JoinCandidate.TcpFlagsOffset] |= (byte)TcpFlags.Cwr;
        Offload = Offload with { GsoType = (byte)(Offload.GsoType | VirtioNetHeader.Ecn) };
        return this;
    }

    /// <summary>The same, finished: nothing is left for the kernel to do.</summary>
    public TrialPacket Finished()
    {
        PacketOffload offload = Offload;
        PartialChecksum.Complete(Bytes, ref offload);
        Offload = offload;
        return this;
    }

    /// <summary>What is written: the virtio-net header and the packet.</summary>
    public byte[] ToWrite()
    {
        byte[] write = new byte[VirtioNetHeader.Size + Bytes.Length];
        VirtioNetHeader.For(Offload).WriteTo(write);
        Bytes.CopyTo(write, VirtioNetHeader.Size);
        return write;
    }

    /// <summary>Whether a packet that came back is of this one; the kernel has things to say of its own.</summary>
    public bool IsOrigin(ReadOnlySpan<byte> packet)
    {
        Range addressesAndPorts = IsIpv6 ? 8..44 : 12..24;
        return packet.Length >= _headerLength && packet[0] == Bytes[0]
            && packet[addressesAndPorts].SequenceEqual(Bytes.AsSpan(addressesAndPorts));
    }

    /// <summary>What must come back: all finished, a hop older.</summary>
    public List<byte[]> Expected()
    {
        byte[] packet = [.. Bytes];
        PacketOffload offload = Offload;
        if (IsIpv6 && Ipv6Header.TryParse(packet, out Ipv6Header ipv6))
            ipv6.DecrementHopLimit();
        else if (Ipv4Header.TryParse(packet, out Ipv4Header ipv4))
            ipv4.DecrementTimeToLive();

        if (!offload.IsSuperPacket)
        {
            if (offload.HasPartialChecksum)
                PartialChecksum.Complete(packet, ref offload);
            return [packet];
        }

        List<byte[]> segments = [];
        byte[] headers = new byte[_headerLength];
        var segmenter = new Segmenter(packet, networkOffset: 0, offload);
        while (segmenter.TryNext(headers, out Range payload))
            segments.Add([.. headers, .. packet[payload]]);
        return segments;
    }

    private static void Fill(byte[] packet, int l4Offset, IpProtocol protocol, int checksumOffset)
    {
        Span<byte> header = packet.AsSpan(0, l4Offset), l4 = packet.AsSpan(l4Offset);
        if (l4Offset == Ipv6Header.FixedLength)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)l4.Length);
            header[6] = (byte)protocol;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)packet.Length);
            header[9] = (byte)protocol;
            BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
        }

        if (protocol == IpProtocol.Udp)
            BinaryPrimitives.WriteUInt16BigEndian(l4[4..], (ushort)l4.Length);
        BinaryPrimitives.WriteUInt16BigEndian(l4[checksumOffset..], PseudoHeader.Sum(header, protocol, l4.Length));
    }
}
