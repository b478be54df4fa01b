namespace FastTun.Cli.Devices;

/// <summary>One port as it is written: <c>NAME[@NETNS][,key=value]...</c>.</summary>
/// <param name="Place">Which device.</param>
/// <param name="Settings">What it shall be.</param>
internal sealed record PortSpec(DevicePlace Place, DeviceSettings Settings)
{
    /// <summary>Help on the text.</summary>
    public static readonly (string Title, IReadOnlyList<string> Lines) Notes =
    (
        "A PORT is NAME[@NETNS][,key=value]..., where NETNS is a name under /run/netns, a path, or pid:N, and the keys are",
        [.. DeviceKey.Port.Select(key => $"{(key.IsSwitch ? key.Name : $"{key.Name}={key.Value.Trim('"')}"),-32}  {key.Description}")]
    );

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
            ?? throw new FormatException(
                $"'{pair[0]}': {place} has no such key; the keys are {string.Join(' ', DeviceKey.Port.Select(key => key.Name))}");
        if (pair.Length == 1 && !key.IsSwitch)
            throw new FormatException($"{key.Name}: it is written {key.Name}={key.Value.Trim('"')}");
        return (key, pair.Length == 2 ? pair[1] : "");
    }
}
