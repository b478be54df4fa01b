using System.Globalization;

namespace FastTun.Cli.CommandLine;

/// <summary>Durations as they are written: a number and a unit, such as 5s, 300ms or 50us.</summary>
internal static class DurationText
{
    private static readonly (string Unit, double Seconds)[] Units =
        [("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    /// <exception cref="FormatException">It is no number with a unit, or nothing, or more than a day.</exception>
    public static TimeSpan Parse(string text)
    {
        (string unit, double seconds) = Array.Find(Units, unit => text.EndsWith(unit.Unit, StringComparison.Ordinal));
        string digits = unit is null ? "" : text[..^unit.Length];
        bool isNumber = double.TryParse(digits, NumberStyles.AllowDecimalPoint, null, out double number);
        return isNumber && number * seconds is > 0 and <= 24 * 3600
            ? TimeSpan.FromSeconds(number * seconds)
            : throw new FormatException($"'{text}': it is a number with us, ms, s, m or h, up to a day");
    }
}
