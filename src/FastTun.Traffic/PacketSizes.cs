using System.Globalization;
using System.Net.Sockets;
using FastTun.Traffic.Udp;

namespace FastTun.Traffic;

/// <summary>
/// The sizes of the packets to send, in the order in which they go round. A size is the whole IP packet: IP header, UDP
/// header and payload, in bytes.
/// </summary>
/// <remarks>
/// <c>imix</c> is FD.io CSIT's IMIX_v4_1, 28 : 16 : 4 of Ethernet frames of 64, 570 and 1518 bytes, less the 18 bytes of
/// Ethernet header and check sequence: 46, 552 and 1500. The smallest has no room for what is measured, so it is sent as
/// small as it can be: 64 bytes over IPv4, 80 over IPv6.
/// </remarks>
public sealed class PacketSizes
{
    private const int Largest = 65535;
    private const string ImixName = "imix";

    private readonly int _fixed;

    private PacketSizes(int size) => _fixed = size;

    /// <summary>CSIT's IMIX_v4_1, as far as a measured packet can be so small.</summary>
    public static PacketSizes Imix { get; } = new(0);

    /// <summary>Whether all packets have the same size.</summary>
    public bool IsFixed => _fixed != 0;

    /// <summary>One size for all.</summary>
    /// <param name="bytes">The IP packet's length; 60 to 65535, and over IPv6 at least 80.</param>
    public static PacketSizes Fixed(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, Smallest(AddressFamily.InterNetwork));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Largest);
        return new PacketSizes(bytes);
    }

    /// <summary>Reads a number of bytes, or <c>imix</c>.</summary>
    /// <param name="text">As in <c>64</c>, <c>1500</c> or <c>imix</c>.</param>
    /// <exception cref="FormatException">
    /// It is neither, or no packet has that size; the message says what is wanted.
    /// </exception>
    public static PacketSizes Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Equals(ImixName, StringComparison.OrdinalIgnoreCase))
            return Imix;
        int smallest = Smallest(AddressFamily.InterNetwork);
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size);
        if (isNumber && size >= smallest && size <= Largest)
            return Fixed(size);
        throw new FormatException(
            $"size '{text}': wanted the IP packet's length, {smallest} to {Largest} bytes, or {ImixName}");
    }

    /// <summary>The smallest packet that can be measured: IP header, UDP header, and 32 bytes of marks.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    public static int Smallest(AddressFamily family) => HeaderLength(family) + PayloadHeader.Length;

    /// <summary>The sizes over an address family, one round of them.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <exception cref="FormatException">The size is too small for it.</exception>
    public IReadOnlyList<int> Over(AddressFamily family)
    {
        int smallest = Smallest(family);
        if (!IsFixed)
            return Mix(family == AddressFamily.InterNetworkV6 ? smallest : 64);
        return _fixed >= smallest
            ? [_fixed]
            : throw new FormatException($"size '{_fixed}': over IPv6 a measured packet has at least {smallest} bytes");
    }

    /// <inheritdoc/>
    public override string ToString() => IsFixed ? _fixed.ToString(CultureInfo.InvariantCulture) : ImixName;

    /// <summary>The IP and UDP headers, in bytes.</summary>
    internal static int HeaderLength(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? 40 + 8 : 20 + 8;

    // 28 : 16 : 4 is 7 : 4 : 1, in an order that spreads each size evenly.
    private static int[] Mix(int small) => [small, 552, small, 552, small, small, 1500, small, 552, small, 552, small];
}
