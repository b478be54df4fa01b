using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace FastTun.Linux.Netlink;

/// <summary>IPv4 network masks as dotted addresses, which is how some still write a prefix length.</summary>
public static class Netmask
{
    /// <summary>The prefix length that a mask stands for.</summary>
    /// <param name="mask">A mask such as 255.255.255.0.</param>
    /// <returns>0 to 32.</returns>
    /// <exception cref="FormatException">It is not an IPv4 mask, or has a one behind a zero (255.0.255.0).</exception>
    public static int ToPrefixLength(IPAddress mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (!AddressText.IsIpv4(mask))
            throw new FormatException($"netmask {mask}: an IPv6 address has a prefix length and no netmask");
        uint bits = BinaryPrimitives.ReadUInt32BigEndian(mask.GetAddressBytes());
        int length = BitOperations.LeadingZeroCount(~bits);
        return FromPrefixLength(length).Equals(mask)
            ? length
            : throw new FormatException(
                $"netmask {mask}: it is ones followed by zeros, without holes, as 255.255.255.0 is");
    }

    /// <summary>The mask of a prefix length.</summary>
    /// <param name="length">0 to 32.</param>
    public static IPAddress FromPrefixLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 32);
        return AddressText.Network(IPAddress.Broadcast, length);
    }

    /// <summary>Reads a mask.</summary>
    /// <param name="text">Four decimal numbers: 255.255.255.0.</param>
    /// <returns>The prefix length that it stands for, 0 to 32.</returns>
    /// <exception cref="FormatException">It is not an address, or not a mask.</exception>
    public static int Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return AddressText.TryParse(text, out IPAddress? mask)
            ? ToPrefixLength(mask)
            : throw new FormatException($"netmask '{text}': it is not an address such as 255.255.255.0");
    }
}
