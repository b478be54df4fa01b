using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace FastTun.Linux.Netlink;

/// <summary>
/// Addresses from and to text, stricter than <see cref="IPAddress"/>, to which "10.1" and "[::1]:80" are addresses.
/// </summary>
internal static class AddressText
{
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.AsSpan().ContainsAny('[', '%') || !IPAddress.TryParse(text, out IPAddress? parsed))
            return false;

        // inet_aton(3) takes fewer numbers than four, octal and hexadecimal; nobody means those.
        if (parsed.AddressFamily == AddressFamily.InterNetwork && parsed.ToString() != text)
            return false;
        address = parsed;
        return true;
    }

    public static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    public static bool IsIpv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;

    public static bool IsUnspecified(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    public static bool IsMulticast(IPAddress address) =>
        IsIpv4(address) ? (address.GetAddressBytes()[0] & 0xf0) == 0xe0 : address.IsIPv6Multicast;

    /// <summary>The first address of the network that an address lies in.</summary>
    public static IPAddress Network(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(prefixLength - (8 * i), 0, 8));
        return new IPAddress(bytes);
    }
}
