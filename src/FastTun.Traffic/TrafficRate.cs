using System.Globalization;
using System.Text.RegularExpressions;

namespace FastTun.Traffic;

/// <summary>
/// How fast to send: so many packets a second, so many bits a second (counted from the IP header on), or as fast as the
/// socket takes them.
/// </summary>
public readonly partial record struct TrafficRate
{
    private static readonly string[] Scales = ["", "k", "m", "g"];

    private TrafficRate(double packetsPerSecond, double bitsPerSecond) =>
        (PacketsPerSecond, BitsPerSecond) = (packetsPerSecond, bitsPerSecond);

    /// <summary>As fast as the socket takes them; the default value.</summary>
    public static TrafficRate Max => default;

    /// <summary>Packets per second; 0 when the rate is not given so.</summary>
    public double PacketsPerSecond { get; }

    /// <summary>Bits per second, IP header included; 0 when the rate is not given so.</summary>
    public double BitsPerSecond { get; }

    /// <summary>Whether there is no limit.</summary>
    public bool IsMax => this == Max;

    /// <summary>A rate in packets.</summary>
    /// <param name="perSecond">More than 0, and finite.</param>
    public static TrafficRate Packets(double perSecond) => new(Positive(perSecond), 0);

    /// <summary>A rate in bits, IP header included.</summary>
    /// <param name="perSecond">More than 0, and finite.</param>
    public static TrafficRate Bits(double perSecond) => new(0, Positive(perSecond));

    /// <summary>
    /// Reads <c>max</c>, or a number with <c>pps</c> or <c>bps</c>, which <c>k</c>, <c>m</c> or <c>g</c> may precede.
    /// </summary>
    /// <param name="text">As in <c>100kpps</c> or <c>2.5gbps</c>; upper or lower case.</param>
    /// <exception cref="FormatException">It is nothing of that kind; the message says what is.</exception>
    public static TrafficRate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Equals("max", StringComparison.OrdinalIgnoreCase))
            return Max;
        Match match = Form().Match(text);
        if (!match.Success)
            throw new FormatException($"rate '{text}': wanted max, or a number with a unit, as in 100kpps or 2.5gbps");
        double scale = Math.Pow(1000, Array.IndexOf(Scales, match.Groups["scale"].Value.ToLowerInvariant()));
        double value = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * scale;
        if (value <= 0)
            throw new FormatException($"rate '{text}': it must be more than 0");
        return match.Groups["unit"].Value.Equals("pps", StringComparison.OrdinalIgnoreCase) ? Packets(value) : Bits(value);
    }

    /// <summary>An equal share of the rate, for one of several senders.</summary>
    /// <param name="shares">How many senders; at least 1.</param>
    public TrafficRate DividedBy(int shares)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shares);
        return new TrafficRate(PacketsPerSecond / shares, BitsPerSecond / shares);
    }

    /// <summary>The rate as <see cref="Parse"/> reads it.</summary>
    public override string ToString()
    {
        if (IsMax)
            return "max";
        (double value, string unit) = PacketsPerSecond > 0 ? (PacketsPerSecond, "pps") : (BitsPerSecond, "bps");
        int scale = 0;
        while (scale < Scales.Length - 1 && value >= 1000)
        {
            value /= 1000;
            scale++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)value}{Scales[scale]}{unit}");
    }

    private static double Positive(double perSecond) =>
        perSecond > 0 && double.IsFinite(perSecond)
            ? perSecond
            : throw new ArgumentOutOfRangeException(nameof(perSecond), perSecond, "a rate is more than 0");

    [GeneratedRegex("^(?<number>[0-9]{1,12}(\\.[0-9]{1,12})?)(?<scale>[kmg]?)(?<unit>[pb]ps)$", RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
