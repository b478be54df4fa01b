using System.Globalization;
using FastTun.Cli.CommandLine;
using FastTun.Linux;
using FastTun.Linux.Probing;
using FastTun.Linux.Tun;

namespace FastTun.Cli.Bench;

/// <summary>
/// Lets an ordinary user make hosts: where this process may make no network namespace, it becomes itself once more inside a
/// user namespace, where it may. No child is started: 'unshare' takes this process's place, and this program takes its.
/// </summary>
internal static class UserNamespaceRun
{
    // Says to the second life that there is no third.
    private const string Inside = "FASTTUN_INSIDE_USER_NAMESPACE";

    /// <summary>Returns where hosts can be made; else it does not return, or throws what it would take.</summary>
    /// <exception cref="CommandException">There is no way for this user.</exception>
    public static void EnterIfNeeded()
    {
        if (CanMakeNamespaces())
            return;

        // Inside, the file is as closed to this user as it is here.
        TunDevice.GetFeatures();
        Capability userNamespaces = NamespaceProbe.MakeUser();
        if (!userNamespaces.IsAvailable || Environment.GetEnvironmentVariable(Inside) is not null)
            throw Lacking($"{userNamespaces.Name}: {userNamespaces.Error}: {userNamespaces.Detail}");
        if (IsRootThatCannotBeMapped())
            throw Lacking("this root lacks both CAP_SYS_ADMIN and CAP_SETFCAP, as in a container without them");
        try
        {
            ProcessImage.Replace(["unshare", "-Urn", "env", $"{Inside}=1", .. ProcessImage.Arguments]);
        }
        catch (LinuxException refused)
        {
            throw Lacking($"{refused.Message}; install util-linux");
        }
    }

    private static bool CanMakeNamespaces()
    {
        try
        {
            NetworkNamespace.Create().Dispose();
            return true;
        }
        catch (LinuxException refused) when (refused.Error == Errno.EPERM)
        {
            return false;
        }
    }

    // Since Linux 5.12 a user namespace takes root in only from who has this capability (user_namespaces(7)).
    private static bool IsRootThatCannotBeMapped()
    {
        const int setFileCapabilities = 31;
        string effective = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        ulong capabilities = ulong.Parse(effective.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber);
        return Environment.IsPrivilegedProcess && (capabilities >> setFileCapabilities & 1) == 0;
    }

    private static CommandException Lacking(string reason) =>
        new(ExitCode.Lacking, $"this user cannot make network namespaces; run as root, or see to it: {reason}");
}
