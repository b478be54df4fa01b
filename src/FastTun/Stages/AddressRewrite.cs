using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FastTun.Stages;

/// <summary>
/// One static substitution: addresses of one network become the addresses of another of the same size, host part kept; if
/// it has ports, only those of TCP and UDP packets with that port, which changes along. Immutable.
/// </summary>
public sealed class AddressRewrite
{
    private readonly UInt128 _from;
    private readonly UInt128 _to;
    private readonly UInt128 _mask;
    private readonly bool _isIpv6;

    /// <summary>Makes a rule for single addresses.</summary>
    /// <param name="field">Which address is looked at, and replaced.</param>
    /// <param name="from">The address to match.</param>
    /// <param name="to">What it becomes; of the same family.</param>
    /// <param name="inputPort">Only for packets that came in at this port; null for all.</param>
    /// <exception cref="ArgumentException">The addresses differ in family.</exception>
    public AddressRewrite(AddressField field, IPAddress from, IPAddress to, int? inputPort = null)
        : this(field, Host(from), Host(to), inputPort)
    {
    }

    /// <summary>Makes a rule for one port of TCP and UDP at a single address.</summary>
    /// <param name="field">Which address and port are looked at, and replaced.</param>
    /// <param name="from">The address and port to match; port 1 to 65535.</param>
    /// <param name="to">What they become; of the same family, port 1 to 65535.</param>
    /// <param name="inputPort">Only for packets that came in at this port; null for all.</param>
    /// <exception cref="ArgumentException">The addresses differ in family, or a port is 0.</exception>
    public AddressRewrite(AddressField field, IPEndPoint from, IPEndPoint to, int? inputPort = null)
        : this(field, Host(from?.Address), Host(to?.Address), inputPort) =>
        TransportPort = ((ushort)from!.Port, (ushort)to!.Port);

    /// <summary>Makes a rule for whole networks.</summary>
    /// <param name="field">Which address is looked at, and replaced.</param>
    /// <param name="from">The network to match.</param>
    /// <param name="to">What it becomes; of the same family and prefix length.</param>
    /// <param name="inputPort">Only for packets that came in at this port; null for all.</param>
    /// <exception cref="ArgumentException">The networks differ in family or size.</exception>
    public AddressRewrite(AddressField field, IPNetwork from, IPNetwork to, int? inputPort = null)
    {
        if (from.BaseAddress.AddressFamily != to.BaseAddress.AddressFamily || from.PrefixLength != to.PrefixLength)
            throw new ArgumentException($"{from} cannot become {to}: both must be of one family and one prefix length.", nameof(to));
        Field = field;
        InputPort = inputPort;
        _isIpv6 = from.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        int hostBits = (_isIpv6 ? 128 : 32) - from.PrefixLength;
        _mask = hostBits == 128 ? UInt128.Zero : UInt128.MaxValue << hostBits;
        _from = ToInteger(from.BaseAddress) & _mask;
        _to = ToInteger(to.BaseAddress) & _mask;
    }

    /// <summary>Which address is looked at, and replaced; with ports: which address and port.</summary>
    public AddressField Field { get; }

    /// <summary>The only input port that it is for; null for all.</summary>
    public int? InputPort { get; }

    /// <summary>
    /// The TCP or UDP port to match, and what it becomes, each 1 to 65535; null for a rule that leaves ports alone and is
    /// for packets of any protocol.
    /// </summary>
    /// <exception cref="ArgumentException">A port is 0, which no packet may have (RFC 6335 section 6).</exception>
    public (ushort From, ushort To)? TransportPort
    {
        get;
        init => field = value is { From: 0 } or { To: 0 }
            ? throw new ArgumentException("A port is 1 to 65535.", nameof(value))
            : value;
    }

    /// <summary>Whether it is for packets that came in at a port.</summary>
    internal bool AppliesAt(int inputPort) => InputPort is not { } only || only == inputPort;

    /// <summary>Whether a packet's address is one of the rule's; its port is another question.</summary>
    internal bool Matches(UInt128 address, int inputPort, bool isIpv6) =>
        (address & _mask) == _from && isIpv6 == _isIpv6 && AppliesAt(inputPort);

    /// <summary>What becomes of an address that matches.</summary>
    internal UInt128 Apply(UInt128 address) => _to | (address & ~_mask);

    private static IPNetwork Host(IPAddress? address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32);
    }

    private static UInt128 ToInteger(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return written == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
