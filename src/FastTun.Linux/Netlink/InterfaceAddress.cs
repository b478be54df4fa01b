using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace FastTun.Linux.Netlink;

/// <summary>
/// An address of an interface. Without a peer the prefix says which network is on the link; with one, the address is
/// the host's end of a point-to-point link, and the prefix counts for the peer: <c>10.66.66.1 peer 10.66.66.2/24</c>
/// routes the peer's network to the link. /31 is a link of two without a broadcast address (RFC 3021), /32 and /128
/// route nothing but a peer. Immutable, and valid once it exists.
/// </summary>
public sealed record InterfaceAddress
{
    /// <summary>Makes an address.</summary>
    /// <param name="address">The host's own address.</param>
    /// <param name="prefixLength">0 to 32 for IPv4, 0 to 128 for IPv6.</param>
    /// <param name="peer">The other end of a point-to-point link.</param>
    /// <param name="broadcast">IPv4 with a prefix of at most 30 only, and not needed: the kernel takes the network's
    /// last address.</param>
    /// <exception cref="ArgumentException">The message says which part cannot be, and why.</exception>
    public InterfaceAddress(IPAddress address, int prefixLength, IPAddress? peer = null, IPAddress? broadcast = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (Problem(address, prefixLength, peer, broadcast) is { } problem)
            throw new ArgumentException(problem);
        (Address, PrefixLength, Peer, Broadcast) = (address, prefixLength, address.Equals(peer) ? null : peer, broadcast);
    }

    // What the kernel lists exists, whatever is thought of it here.
    private InterfaceAddress()
    {
    }

    /// <summary>The host's own address.</summary>
    public IPAddress Address { get; private init; } = IPAddress.None;

    /// <summary>
    /// How many leading bits of the peer (of the address, where there is no peer) name the network on the link.
    /// </summary>
    public int PrefixLength { get; private init; }

    /// <summary>The other end of a point-to-point link.</summary>
    public IPAddress? Peer { get; private init; }

    /// <summary>The broadcast address, where one was set.</summary>
    public IPAddress? Broadcast { get; private init; }

    /// <summary>The network that the kernel routes to the link for this address.</summary>
    public IPNetwork Network => new(AddressText.Network(Peer ?? Address, PrefixLength), PrefixLength);

    /// <summary>
    /// Reads <c>A/N</c>, <c>A</c> (N is then all bits), <c>A peer B</c> or <c>A peer B/N</c>; <c>brd C</c> may follow.
    /// </summary>
    /// <param name="text">An address as <c>ip address</c> shows it.</param>
    /// <exception cref="FormatException">The message names the part that cannot be, and what could.</exception>
    public static InterfaceAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? problem = Read(text, out InterfaceAddress? result);
        return problem is null ? result! : throw new FormatException($"address '{text}': {problem}");
    }

    /// <summary>Reads what <see cref="Parse"/> reads.</summary>
    /// <param name="text">An address as <c>ip address</c> shows it.</param>
    /// <param name="result">What it says.</param>
    /// <returns>Whether it says anything.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out InterfaceAddress? result)
    {
        result = null;
        return text is not null && Read(text, out result) is null;
    }

    /// <summary>The text that <c>ip address</c> shows and <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        string link = Peer is null ? $"{Address}/{PrefixLength}" : $"{Address} peer {Peer}/{PrefixLength}";
        return Broadcast is null ? link : $"{link} brd {Broadcast}";
    }

    internal static InterfaceAddress FromKernel(IPAddress local, int prefixLength, IPAddress? peer, IPAddress? broadcast) =>
        new()
        {
            Address = local,
            PrefixLength = prefixLength,
            Peer = local.Equals(peer) ? null : peer,
            Broadcast = broadcast,
        };

    private static string? Read(string text, out InterfaceAddress? result)
    {
        result = null;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool hasPeer = words.Length > 1 && words[1] == "peer";
        int last = hasPeer ? 2 : 0;
        bool hasBroadcast = words.Length > last + 1 && words[last + 1] == "brd";
        if (words.Length != last + (hasBroadcast ? 3 : 1))
            return "it is written A/N, A peer B/N, and may end in brd C";

        string[] parts = words[last].Split('/', 2);
        if (!AddressText.TryParse(parts[0], out IPAddress? end))
            return $"'{parts[0]}' is not an address";
        IPAddress? local = end;
        if (hasPeer && words[0].Contains('/'))
            return $"the prefix length goes behind the peer: peer {parts[0]}/N";
        if (hasPeer && !AddressText.TryParse(words[0], out local))
            return $"'{words[0]}' is not an address";
        IPAddress? broadcast = null;
        if (hasBroadcast && !AddressText.TryParse(words[^1], out broadcast))
            return $"'{words[^1]}' is not an address";
        int length = AddressText.Bits(end);
        if (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, null, out length))
            return $"'{parts[1]}' is not a prefix length";

        if (Problem(local!, length, hasPeer ? end : null, broadcast) is { } problem)
            return problem;
        result = new InterfaceAddress(local!, length, hasPeer ? end : null, broadcast);
        return null;
    }

    private static string? Problem(IPAddress address, int prefixLength, IPAddress? peer, IPAddress? broadcast)
    {
        int bits = AddressText.Bits(address);
        if (EndProblem(address) is { } problem)
            return problem;
        if (peer is not null && EndProblem(peer) is { } peerProblem)
            return peerProblem;
        if (peer is not null && peer.AddressFamily != address.AddressFamily)
            return $"{address} and its peer {peer} are of different families";
        if (prefixLength < 0 || prefixLength > bits)
            return $"prefix length {prefixLength}: for {address} it is 0 to {bits}";
        if (broadcast is null)
            return null;
        if (!AddressText.IsIpv4(address) || !AddressText.IsIpv4(broadcast))
            return $"broadcast {broadcast}: only IPv4 has broadcast addresses";
        return prefixLength > 30 ? $"broadcast {broadcast}: a /{prefixLength} has no broadcast address (RFC 3021)" : null;
    }

    private static string? EndProblem(IPAddress address) => address switch
    {
        _ when AddressText.IsUnspecified(address) => $"{address} is the unspecified address, which no interface can have",
        _ when AddressText.IsMulticast(address) => $"{address} is a multicast address, which no interface can have",
        _ when address.Equals(IPAddress.Broadcast) => $"{address} is the broadcast address, which no interface can have",
        _ => null,
    };
}
