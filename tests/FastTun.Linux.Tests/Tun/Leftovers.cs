using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>
/// What could be left behind: the interfaces, addresses and routes of a network, and this process's descriptors of the
/// kinds that opening a device needs.
/// </summary>
internal sealed record Leftovers(string Links, string Addresses, string Routes, string Descriptors)
{
    public static Leftovers Of(PrivateNetwork network) => new(
        network.Run("ip", "-d", "link").OrThrow().Output,
        network.Run("ip", "address").OrThrow().Output,
        network.Run("ip", "route", "show", "table", "all").OrThrow().Output,
        string.Join('\n', OpenFiles().Where(IsOurs).Order()));

    private static bool IsOurs(string target) =>
        target == "/dev/net/tun" || target.StartsWith("net:") || target.Contains("[eventfd]");

    // What is no path, as net:[4026532177], comes back as one relative to the directory.
    private static IEnumerable<string> OpenFiles() => Directory.EnumerateFiles("/proc/self/fd")
        .Select(link => File.ResolveLinkTarget(link, returnFinalTarget: false)!.FullName)
        .Select(target => target.StartsWith("/dev/") ? target : Path.GetFileName(target));
}
