using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>
/// A unicast route to an interface. Without a gateway the destination is on the link itself. Immutable, and valid once
/// it exists.
/// </summary>
public sealed record InterfaceRoute
{
    /// <summary>The table that packets are routed by where no rule says otherwise.</summary>
    public const uint MainTable = Rtnetlink.RT_TABLE_MAIN;

    // What the kernel gives an IPv6 route without a metric, or with 0 (IP6_RT_PRIO_USER).
    private const uint DefaultIpv6Metric = 1024;

    /// <summary>Makes a route.</summary>
    /// <param name="destination">Where packets go.</param>
    /// <param name="gateway">The router on the link that takes them further.</param>
    /// <param name="metric">Which route to the same destination wins: the lowest. Null is 0 for IPv4, and null and 0
    /// are 1024 for IPv6.</param>
    /// <param name="table">The routing table, 1 or more.</param>
    /// <exception cref="ArgumentException">The message says which part cannot be, and why.</exception>
    public InterfaceRoute(IPNetwork destination, IPAddress? gateway = null, uint? metric = null, uint table = MainTable)
    {
        if (Problem(destination, gateway, table) is { } problem)
            throw new ArgumentException(problem);
        Destination = destination;
        Gateway = gateway;
        Metric = metric is null or 0 ? DefaultMetric(destination) : metric.Value;
        Table = table;
    }

    /// <summary>Where packets go.</summary>
    public IPNetwork Destination { get; }

    /// <summary>The router on the link that takes them further; null where the destination is on the link.</summary>
    public IPAddress? Gateway { get; }

    /// <summary>Which route to the same destination wins: the lowest.</summary>
    public uint Metric { get; }

    /// <summary>The routing table.</summary>
    public uint Table { get; }

    /// <summary>
    /// Reads <c>PREFIX [via G] [metric N] [table T]</c>; a prefix may be <c>default</c>, of the gateway's family or
    /// else IPv4.
    /// </summary>
    /// <param name="text">A route as <c>ip route</c> shows it.</param>
    /// <exception cref="FormatException">The message names the part that cannot be, and what could.</exception>
    public static InterfaceRoute Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? problem = Read(text, out InterfaceRoute? result);
        return problem is null ? result! : throw new FormatException($"route '{text}': {problem}");
    }

    /// <summary>Reads what <see cref="Parse"/> reads.</summary>
    /// <param name="text">A route as <c>ip route</c> shows it.</param>
    /// <param name="result">What it says.</param>
    /// <returns>Whether it says anything.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out InterfaceRoute? result)
    {
        result = null;
        return text is not null && Read(text, out result) is null;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        // Without a gateway to show its family, "default" is IPv4's.
        bool isShown = Gateway is not null || AddressText.IsIpv4(Destination.BaseAddress);
        bool isDefault = Destination.PrefixLength == 0 && isShown;
        string text = isDefault ? "default" : Destination.ToString();
        if (Gateway is not null)
            text += $" via {Gateway}";
        if (Metric != DefaultMetric(Destination))
            text += $" metric {Metric}";
        return Table == MainTable ? text : $"{text} table {Table}";
    }

    /// <summary>Why there can be no such route; null where there can.</summary>
    internal static string? Problem(IPNetwork destination, IPAddress? gateway, uint table)
    {
        if (table == 0)
            return "table 0: it is 1 or more";
        if (AddressText.IsMulticast(destination.BaseAddress))
            return $"{destination} is multicast, and this is about unicast routes";
        if (gateway is null)
            return null;
        if (gateway.AddressFamily != destination.BaseAddress.AddressFamily)
            return $"{destination} and its gateway {gateway} are of different families";
        bool isHost = !AddressText.IsUnspecified(gateway) && !AddressText.IsMulticast(gateway);
        return isHost ? null : $"{gateway} cannot be a gateway";
    }

    private static string? Read(string text, out InterfaceRoute? result)
    {
        result = null;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length % 2 == 0)
            return "it is written PREFIX [via G] [metric N] [table T]";
        var options = new Dictionary<string, string>();
        for (int i = 1; i < words.Length; i += 2)
        {
            if (words[i] is not ("via" or "metric" or "table"))
                return $"'{words[i]}': only via, metric and table may follow the prefix";
            if (!options.TryAdd(words[i], words[i + 1]))
                return $"'{words[i]}' comes twice";
        }

        IPAddress? gateway = null;
        if (options.TryGetValue("via", out string? via) && !AddressText.TryParse(via, out gateway))
            return $"'{via}' is not an address";
        if (ReadNumber(options, "metric", out uint? metric) is { } metricProblem)
            return metricProblem;
        if (ReadNumber(options, "table", out uint? table) is { } tableProblem)
            return tableProblem;
        if (ReadDestination(words[0], gateway, out IPNetwork destination) is { } problem)
            return problem;
        problem = Problem(destination, gateway, table ?? MainTable);
        if (problem is null)
            result = new InterfaceRoute(destination, gateway, metric, table ?? MainTable);
        return problem;
    }

    private static string? ReadNumber(Dictionary<string, string> options, string name, out uint? number)
    {
        number = null;
        if (!options.TryGetValue(name, out string? text))
            return null;
        if (!uint.TryParse(text, NumberStyles.None, null, out uint value))
            return $"{name} '{text}': it is a number of 0 to {uint.MaxValue}";
        number = value;
        return null;
    }

    private static string? ReadDestination(string text, IPAddress? gateway, out IPNetwork destination)
    {
        destination = default;
        string[] parts = text == "default"
            ? [(gateway is null || AddressText.IsIpv4(gateway) ? IPAddress.Any : IPAddress.IPv6Any).ToString(), "0"]
            : text.Split('/', 2);
        if (!AddressText.TryParse(parts[0], out IPAddress? address))
            return $"'{parts[0]}' is not an address";
        int bits = AddressText.Bits(address), length = bits;
        if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, null, out length) || length > bits))
            return $"prefix length '{parts[1]}': for {address} it is 0 to {bits}";
        IPAddress network = AddressText.Network(address, length);
        if (!network.Equals(address))
            return $"{text} has bits set behind its prefix; the network is {network}/{length}";
        destination = new IPNetwork(address, length);
        return null;
    }

    private static uint DefaultMetric(IPNetwork destination) =>
        AddressText.IsIpv4(destination.BaseAddress) ? 0 : DefaultIpv6Metric;
}
