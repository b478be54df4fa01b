using System.Buffers.Binary;
using FastTun.Packets;

namespace FastTun.Offload;

/// <summary>
/// Cuts a super-packet into the packets that the kernel would make of it (tcp_gso_segment, __udp_gso_segment,
/// inet_gso_segment, ipv6_gso_segment), for a port that takes none. Payload stays where it is: each segment is new
/// headers and a range of the super-packet. All checksums are complete.
/// </summary>
/// <example><code>
/// var segmenter = new Segmenter(packet, networkOffset, offload);
/// while (segmenter.TryNext(headers, out Range payload))
///     Write(headers[..offload.HeaderLength], packet[payload]);
/// </code></example>
internal ref struct Segmenter
{
    private readonly ReadOnlySpan<byte> _packet;
    private readonly int _networkOffset;
    private readonly PacketOffload _offload;
    private int _index;

    /// <summary>Looks at a super-packet.</summary>
    /// <param name="packet">
    /// Its bytes, link-layer header included; not to be changed until the last segment is cut.
    /// </param>
    /// <param name="networkOffset">Where its IP header begins.</param>
    /// <param name="offload">What <see cref="OffloadRules"/> or the <see cref="Coalescer"/> made of it.</param>
    public Segmenter(ReadOnlySpan<byte> packet, int networkOffset, PacketOffload offload)
    {
        _packet = packet;
        _networkOffset = networkOffset;
        _offload = offload;
    }

    /// <summary>Makes the next segment.</summary>
    /// <param name="headers">
    /// Receives its headers, <see cref="PacketOffload.HeaderLength"/> bytes, link layer to L4; at most
    /// <see cref="OffloadRules.MaxHeaderLength"/>.
    /// </param>
    /// <param name="payload">Which bytes of the super-packet follow them.</param>
    /// <returns>False if there is none left.</returns>
    public bool TryNext(Span<byte> headers, out Range payload)
    {
        int start = _offload.HeaderLength + (_index * _offload.SegmentSize);
        int end = Math.Min(start + _offload.SegmentSize, _packet.Length);
        payload = start..end;
        if (start >= _packet.Length)
            return false;

        headers = headers[.._offload.HeaderLength];
        _packet[.._offload.HeaderLength].CopyTo(headers);
        WriteIp(headers[_networkOffset..], end - start);
        WriteL4(headers[_offload.ChecksumStart..], _packet[payload], isLast: end == _packet.Length);
        _index++;
        return true;
    }

    // IPv4 identifications count up (inet_gso_segment), and options and extension headers are in every segment.
    private readonly void WriteIp(Span<byte> headers, int payloadLength)
    {
        int length = headers.Length + payloadLength;
        if (headers[0] >> 4 == 6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(headers[4..], (ushort)(length - Ipv6Header.FixedLength));
            return;
        }

        Span<byte> header = headers[..(_offload.ChecksumStart - _networkOffset)];
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
        int identification = BinaryPrimitives.ReadUInt16BigEndian(header[4..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(identification + _index));
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
    }

    private readonly void WriteL4(Span<byte> header, ReadOnlySpan<byte> payload, bool isLast)
    {
        // The field holds the sum of the pseudo-header, of which only the length changes. Starting from it, and not
        // from the addresses, is also right behind a routing header, whose final destination the sender has put into
        // it.
        Span<byte> checksumField = header[_offload.ChecksumOffset..][..sizeof(ushort)];
        var delta = ChecksumDelta.Of(
            (ushort)(_packet.Length - _offload.ChecksumStart), (ushort)(header.Length + payload.Length));
        ushort sum = delta.ApplyToPartial(BinaryPrimitives.ReadUInt16BigEndian(checksumField));

        bool isTcp = _offload.Kind != GsoKind.Udp;
        if (isTcp)
            WriteTcp(header, isLast);
        else
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(header.Length + payload.Length));

        checksumField.Clear();
        ushort checksum = InternetChecksum.Compute(payload, InternetChecksum.Add(sum, InternetChecksum.Sum(header)));
        BinaryPrimitives.WriteUInt16BigEndian(checksumField, checksum == 0 && !isTcp ? ushort.MaxValue : checksum);
    }

    // CWR was meant once (RFC 3168 section 6.1.2); PSH and FIN concern the end of the data.
    private readonly void WriteTcp(Span<byte> header, bool isLast)
    {
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], sequence + (uint)(_index * _offload.SegmentSize));
        TcpFlags cleared = isLast ? TcpFlags.None : TcpFlags.Psh | TcpFlags.Fin;
        if (_index > 0)
            cleared |= TcpFlags.Cwr;
        header[JoinCandidate.TcpFlagsOffset] &= (byte)~cleared;
    }
}
