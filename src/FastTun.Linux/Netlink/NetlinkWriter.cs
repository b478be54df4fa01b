using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>
/// Writes one request into a buffer: header, fixed part, attributes, each part padded to 4 bytes (NLMSG_ALIGN,
/// NLA_ALIGN). Numbers are in the machine's own byte order, addresses in the network's.
/// </summary>
internal ref struct NetlinkWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <summary>Starts a message; the sequence number is the socket's to write.</summary>
    public NetlinkWriter(Span<byte> buffer, ushort type, ushort flags)
    {
        _buffer = buffer;
        Type = type;
        Fixed(new nlmsghdr { nlmsg_type = type, nlmsg_flags = (ushort)(flags | NetlinkAbi.NLM_F_REQUEST) });
    }

    /// <summary>What is asked for.</summary>
    public ushort Type { get; }

    /// <summary>The message so far, its length written into its header.</summary>
    public readonly Span<byte> Message
    {
        get
        {
            MemoryMarshal.AsRef<nlmsghdr>(_buffer).nlmsg_len = (uint)_length;
            return _buffer[.._length];
        }
    }

    public void Fixed<T>(in T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(Append(Unsafe.SizeOf<T>()), value);
    }

    /// <summary>Appends a whole payload as the kernel once sent it.</summary>
    public void Raw(scoped ReadOnlySpan<byte> payload) => payload.CopyTo(Append(payload.Length));

    public void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        int length = Unsafe.SizeOf<nlattr>() + value.Length;
        Fixed(new nlattr { nla_len = checked((ushort)length), nla_type = type });
        value.CopyTo(Append(value.Length));
    }

    public void UInt32(ushort type, uint value) => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    public void Text(ushort type, string value) => Attribute(type, Encoding.UTF8.GetBytes(value + '\0'));

    public void Address(ushort type, IPAddress value) => Attribute(type, value.GetAddressBytes());

    private Span<byte> Append(int bytes)
    {
        Span<byte> space = _buffer.Slice(_length, NetlinkReader.Align(bytes));
        space.Clear();
        _length += space.Length;
        return space[..bytes];
    }
}
