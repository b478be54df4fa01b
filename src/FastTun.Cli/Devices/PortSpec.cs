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
        var settings = new DeviceSettings();
        var given = new HashSet<string>();
        foreach (string part in parts[1..])
        {
            string[] pair = part.Split('=', 2);
            DeviceKey key = Find(pair[0], place);
            if (pair.Length == 1 && !key.IsSwitch)
                throw new FormatException($"{key.Name}: it is written {key.Name}={key.Value.Trim('"')}");
            if (!given.Add(key.Name) && !key.Repeats)
                throw new FormatException($"{key.Name} is given twice");
            if (key.Excludes is { } opposite && given.Contains(opposite))
                throw new FormatException($"{opposite} and {key.Name} are both given");
            settings = Set(settings, key, pair.Length == 2 ? pair[1] : "");
        }

        // Composed here and not when it is opened: what does not go together is bad input.
        settings.WithAddressParts(settings.Addresses);
        return new PortSpec(place, settings);
    }

    private static DeviceKey Find(string name, DevicePlace place) =>
        DeviceKey.Port.FirstOrDefault(key => key.Name == name)
        ?? throw new FormatException(
            $"'{name}': {place} has no such key; the keys are {string.Join(' ', DeviceKey.Port.Select(key => key.Name))}");

    private static DeviceSettings Set(DeviceSettings settings, DeviceKey key, string value)
    {
        try
        {
            return key.Set(settings, value);
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException)
        {
            // Those of the library begin with what they are about.
            string message = problem.Message.StartsWith(key.Name, StringComparison.Ordinal) ? problem.Message : $"{key.Name} {problem.Message}";
            throw new FormatException(message, problem);
        }
    }
}
