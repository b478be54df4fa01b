using System.Diagnostics;
using FastTun.Linux.Sockets;

namespace FastTun.Traffic.Udp;

/// <summary>
/// Writes runs of packets into a batch: one packet a slot, or with segmentation all of them behind each other in the first.
/// The bytes after the marks are written once and for all.
/// </summary>
internal sealed class UdpRunWriter
{
    private readonly UdpSenderOptions _options;
    private readonly int[] _payloads;

    public UdpRunWriter(UdpSenderOptions options)
    {
        _options = options;
        _payloads = [.. options.Sizes.Select(size => size - options.HeaderLength)];
        int longest = _payloads.Max();
        Batch = options.Segmentation
            ? new DatagramBatch(1, longest * options.RunLength)
            : new DatagramBatch(options.RunLength, longest);
        for (int packet = 0; packet < options.RunLength; packet++)
            BytePattern.At(0, longest).CopyTo(Room(packet, longest));
    }

    /// <summary>Where the runs are written.</summary>
    public DatagramBatch Batch { get; }

    /// <summary>How long packets are together, IP headers included, in bytes.</summary>
    /// <param name="position">How many packets were sent before.</param>
    /// <param name="count">How many there are.</param>
    public long LengthOf(long position, int count)
    {
        long length = 0;
        for (int i = 0; i < count; i++)
            length += PayloadAt(position + i) + _options.HeaderLength;
        return length;
    }

    /// <summary>Writes a run, stamped with the present time.</summary>
    /// <param name="position">How many packets the sender has sent before.</param>
    /// <param name="count">How many packets; at most the run length.</param>
    /// <param name="flow">Whose they are.</param>
    /// <param name="sequence">The first one's number.</param>
    /// <returns>How many messages of the batch hold them.</returns>
    public int Write(long position, int count, int flow, long sequence)
    {
        long now = Stopwatch.GetTimestamp();
        for (int packet = 0; packet < count; packet++)
        {
            int length = PayloadAt(position + packet);
            new PayloadHeader(_options.Run, (uint)flow, sequence + packet, now).Write(Room(packet, length));
            if (!_options.Segmentation)
                Batch.SetLength(packet, length);
        }

        if (!_options.Segmentation)
            return count;
        Batch.SetLength(0, count * _payloads[0]);
        return 1;
    }

    private int PayloadAt(long position) =>
        _payloads.Length == 1 ? _payloads[0] : _payloads[(int)(position % _payloads.Length)];

    private Span<byte> Room(int packet, int length) =>
        _options.Segmentation ? Batch.Slot(0).Slice(packet * length, length) : Batch.Slot(packet)[..length];
}
