using System.Text;
using FastTun.Linux.Native;

namespace FastTun.Linux.Netlink;

/// <summary>What the kernel takes as an interface's name (dev_valid_name).</summary>
public static class LinkName
{
    /// <summary>The longest name, in bytes.</summary>
    public const int MaxBytes = NetIf.IFNAMSIZ - 1;

    /// <summary>What is wrong with a name, in words that follow it; null where nothing is.</summary>
    /// <param name="name">A name to be.</param>
    public static string? Problem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Encoding.UTF8.GetByteCount(name) is 0 or > MaxBytes)
            return $"an interface name has 1 to {MaxBytes} bytes";
        if (name is "." or "..")
            return "an interface name cannot be a directory's";
        return name.Any(c => c is '/' or ':' or '\0' || char.IsWhiteSpace(c))
            ? "an interface name has no slash, colon or white space"
            : null;
    }

    internal static void Check(string name, string parameter)
    {
        if (Problem(name) is { } problem)
            throw new ArgumentException($"'{name}': {problem}", parameter);
    }
}
