using FastTun.Cli.CommandLine;
using FastTun.Linux;
using FastTun.Linux.Netlink;

namespace FastTun.Cli.Devices;

/// <summary>Which device: <c>NAME[@NETNS]</c>.</summary>
/// <param name="Name">The interface's name, or a template with one %d; empty where only a namespace was said.</param>
/// <param name="Namespace">As <see cref="NetworkNamespace.Open"/> reads it; null for the command's own.</param>
internal sealed record DevicePlace(string Name, string? Namespace)
{
    /// <summary>What help calls the text.</summary>
    public const string Format = "NAME[@NETNS]";

    /// <exception cref="FormatException">No interface can have the name, or no namespace the name behind it.</exception>
    public static DevicePlace Parse(string text)
    {
        DevicePlace place = ParseNamespaceOnly(text);
        if (LinkName.Problem(place.Name) is { } problem)
            throw new FormatException($"name '{place.Name}': {problem}");
        return place;
    }

    /// <summary>Reads a place whose name may be missing: <c>@NETNS</c>.</summary>
    /// <exception cref="FormatException">The namespace's name is empty.</exception>
    public static DevicePlace ParseNamespaceOnly(string text)
    {
        string[] parts = text.Split('@', 2);
        if (parts.Length == 2 && parts[1].Length == 0)
            throw new FormatException($"'{text}': behind the @ goes a name under /run/netns, a path, or pid:N");
        return new DevicePlace(parts[0], parts.Length == 2 ? parts[1] : null);
    }

    /// <summary>Opens the namespace that was named.</summary>
    /// <exception cref="LinuxException">There is none of that name, or it may not be opened.</exception>
    /// <exception cref="CommandException">No namespace has such a name.</exception>
    public NetworkNamespace? OpenNamespace() =>
        Namespace is null ? null : CommandException.Checked(() => NetworkNamespace.Open(Namespace));

    public override string ToString() => Namespace is null ? Name : $"{Name}@{Namespace}";
}
