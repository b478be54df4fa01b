using System.Globalization;
using System.Net;
using FastTun.Cli.Devices;

namespace FastTun.Cli.Forwarding;

/// <summary>
/// One end of a substitution as it is written: <c>198.18.0.1</c>, <c>198.18.0.0/24</c>, <c>198.18.0.1:80</c>,
/// <c>198.18.0.0/24:80</c>, <c>2001:db8::1</c>, <c>[2001:db8::1]:80</c> or <c>[2001:db8::/64]:80</c>; brackets as in RFC 3986
/// section 3.2.2.
/// </summary>
/// <param name="Network">The addresses.</param>
/// <param name="Port">The TCP and UDP port, 1 to 65535; null for none.</param>
internal readonly record struct RewriteEnd(IPNetwork Network, ushort? Port)
{
    /// <exception cref="FormatException">Says which part is wrong.</exception>
    public static RewriteEnd Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        if (text.StartsWith('[') && colon > 0 && text[colon - 1] == ']')
            return new RewriteEnd(ParseNetwork(text[1..(colon - 1)]), ParsePort(text[(colon + 1)..]));

        // More than one colon is an IPv6 address.
        return colon >= 0 && text.IndexOf(':') == colon
            ? new RewriteEnd(ParseNetwork(text[..colon]), ParsePort(text[(colon + 1)..]))
            : new RewriteEnd(ParseNetwork(text), null);
    }

    private static ushort ParsePort(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0
            ? port
            : throw new FormatException($"'{text}': a TCP or UDP port is a number from 1 to 65535");

    private static IPNetwork ParseNetwork(string text)
    {
        string[] parts = text.Split('/', 2);
        IPAddress address = DeviceValue.Address(parts[0]);
        string length = parts.Length == 2 ? parts[1] : $"{8 * address.GetAddressBytes().Length}";
        return IPNetwork.TryParse($"{address}/{length}", out IPNetwork network)
            ? network
            : throw new FormatException($"'{text}': it is an address, or a network such as 198.18.0.0/24");
    }
}
