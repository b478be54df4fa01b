using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>
/// Takes what the kernel sent apart, front to back: messages of a datagram, the fixed part of a message, its
/// attributes. Every length is checked against what is there before it is used.
/// </summary>
/// <remarks>All methods throw <see cref="InvalidDataException"/> where a length does not fit.</remarks>
internal ref struct NetlinkReader(ReadOnlySpan<byte> data)
{
    private const ushort TypeMask = unchecked((ushort)~(NetlinkAbi.NLA_F_NESTED | NetlinkAbi.NLA_F_NET_BYTEORDER));

    private ReadOnlySpan<byte> _rest = data;

    /// <summary>A length with its padding (NLMSG_ALIGN and NLA_ALIGN are the same).</summary>
    public static int Align(int bytes) => (bytes + 3) & ~3;

    /// <summary>Takes the next message of a datagram.</summary>
    /// <returns>False at the end.</returns>
    public bool TryReadMessage(out nlmsghdr header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (_rest.IsEmpty)
            return false;
        header = Peek<nlmsghdr>();
        payload = Take(header.nlmsg_len, Unsafe.SizeOf<nlmsghdr>());
        return true;
    }

    /// <summary>Takes the next attribute.</summary>
    /// <returns>False at the end.</returns>
    public bool TryReadAttribute(out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (_rest.IsEmpty)
            return false;
        nlattr header = Peek<nlattr>();
        type = (ushort)(header.nla_type & TypeMask);
        value = Take(header.nla_len, Unsafe.SizeOf<nlattr>());
        return true;
    }

    /// <summary>Takes the fixed part of a message.</summary>
    public T ReadFixed<T>()
        where T : unmanaged
    {
        T value = Peek<T>();
        _rest = _rest[Math.Min(Align(Unsafe.SizeOf<T>()), _rest.Length)..];
        return value;
    }

    /// <summary>An attribute's value as a number.</summary>
    public static T Number<T>(ReadOnlySpan<byte> value)
        where T : unmanaged => new NetlinkReader(value).Peek<T>();

    /// <summary>An attribute's value as text, without its terminating zero.</summary>
    public static string Text(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }

    /// <summary>An attribute's value as an IPv4 or IPv6 address.</summary>
    public static IPAddress Address(ReadOnlySpan<byte> value) => value.Length is 4 or 16
        ? new IPAddress(value)
        : throw new InvalidDataException($"rtnetlink: an address of {value.Length} bytes");

    private readonly T Peek<T>()
        where T : unmanaged => MemoryMarshal.TryRead(_rest, out T value)
            ? value
            : throw new InvalidDataException($"rtnetlink: {_rest.Length} bytes for a {typeof(T).Name}");

    private ReadOnlySpan<byte> Take(uint length, int headerBytes)
    {
        if (length < headerBytes || length > _rest.Length)
            throw new InvalidDataException($"rtnetlink: a length of {length}, not {headerBytes} to {_rest.Length}");

        // The last part of a datagram need not be padded.
        ReadOnlySpan<byte> payload = _rest[headerBytes..(int)length];
        _rest = _rest[Math.Min(Align((int)length), _rest.Length)..];
        return payload;
    }
}
