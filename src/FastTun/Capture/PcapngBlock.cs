using System.Buffers.Binary;
using System.Text;
using FastTun.Batching;

namespace FastTun.Capture;

/// <summary>
/// One block of a pcapng file (draft-ietf-opsawg-pcapng), ready to be written. Blocks are pooled: their memory is used again.
/// </summary>
internal sealed class PcapngBlock
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;

    // LINKTYPE_ETHERNET and LINKTYPE_RAW of the tcpdump group's list; raw packets begin with their IP header.
    private const ushort EthernetLink = 1;
    private const ushort RawLink = 101;

    private const ushort InterfaceName = 2;
    private const ushort TimeResolution = 9;
    private const ushort PacketFlags = 2;
    private const byte Nanoseconds = 9;

    private byte[] _bytes = new byte[2048];
    private int _length;

    /// <summary>The whole block.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    public void FormatSectionHeader()
    {
        Begin(SectionHeader, 16);
        Write(ByteOrderMagic);
        Write((ushort)1);
        Write((ushort)0);
        Write(ulong.MaxValue); // section length not given
        End();
    }

    public void FormatInterface(string name, LinkLayer linkLayer)
    {
        byte[] utf8Name = Encoding.UTF8.GetBytes(name);
        Begin(InterfaceDescription, 32 + utf8Name.Length);
        Write(linkLayer == LinkLayer.Ethernet ? EthernetLink : RawLink);
        Write((ushort)0);
        Write(0u); // no limit on the captured length
        WriteOption(InterfaceName, utf8Name);
        WriteOption(TimeResolution, [Nanoseconds]);
        Write(0u); // end of options
        End();
    }

    public void FormatPacket(int interfaceId, CaptureDirection direction, long unixNanoseconds, ReadOnlySpan<byte> packet)
    {
        Begin(EnhancedPacket, 48 + packet.Length);
        Write((uint)interfaceId);
        Write((uint)(unixNanoseconds >> 32));
        Write((uint)unixNanoseconds);
        Write((uint)packet.Length);
        Write((uint)packet.Length);
        WritePadded(packet);
        Span<byte> flags = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(flags, (uint)direction);
        WriteOption(PacketFlags, flags);
        Write(0u);
        End();
    }

    private void Begin(uint type, int bodyLength)
    {
        const int frame = 12 + 16; // type, length twice, and room for padding
        if (_bytes.Length < bodyLength + frame)
            _bytes = new byte[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(bodyLength + frame))];
        _length = 0;
        Write(type);
        Write(0u); // the length, known at the end
    }

    private void End()
    {
        uint total = (uint)_length + sizeof(uint);
        Write(total);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(sizeof(uint)), total);
    }

    private void WriteOption(ushort code, ReadOnlySpan<byte> value)
    {
        Write(code);
        Write((ushort)value.Length);
        WritePadded(value);
    }

    private void WritePadded(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_bytes.AsSpan(_length));
        int padded = (value.Length + 3) & ~3;
        _bytes.AsSpan(_length + value.Length, padded - value.Length).Clear();
        _length += padded;
    }

    private void Write(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_length), value);
        _length += sizeof(ushort);
    }

    private void Write(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_length), value);
        _length += sizeof(uint);
    }

    private void Write(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_length), value);
        _length += sizeof(ulong);
    }
}
