namespace FastTun.Cli.Devices;

/// <summary>One port as it is written: <c>NAME[@NETNS][,key=value]...</c>.</summary>
/// <param name="Place">Which device.</param>
/// <param name="Settings">What it shall be.</param>
internal sealed record PortSpec(DevicePlace Place, DeviceSettings Settings)
{
    /// <summary>Help on the text.</summary>
    public static readonly (string Title, IReadOnlyList<string> Lines) Notes =
    (
        "A PORT is NAME[@NETNS][,key=value]..., NETNS a name under /run/netns, a path, or pid:N, and a key one of",
        [.. DeviceKey.Port.Select(key => $"{key.Usage,-32}  {key.Description}")]
    );

    private static IEnumerable<string> Names => DeviceKey.Port.Select(key => key.Name);

    /// <exception cref="FormatException">Says which part is wrong and what it could be.</exception>
    public static PortSpec Parse(string text)
    {
        string[] parts = text.Split(',');
        DevicePlace place = DevicePlace.Parse(parts[0]);
        return new PortSpec(place, DeviceSettings.From(parts[1..].Select(part => Read(part, place))));
    }

    private static (DeviceKey, string) Read(string part, DevicePlace place)
    {
        string[] pair = part.Split('=', 2);
        DeviceKey key = DeviceKey.Port.FirstOrDefault(key => key.Name == pair[0])
            ?? throw new FormatException($"'{pair[0]}' at {place}: the keys are {string.Join(' ', Names)}");
        if (pair.Length == 1 && !key.IsSwitch)
            throw new FormatException($"{key.Name}: it is written {key.Usage}");
        return (key, pair.Length == 2 ? pair[1] : "");
    }
}
