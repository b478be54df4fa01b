using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

/// <summary>The built <c>fasttun</c>, run as its users run it.</summary>
internal static class Command
{
    // A project that is referenced lies beside those who refer to it, however it was built.
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "fasttun.dll");

    /// <summary>What an ordinary user may: root without root's capabilities.</summary>
    public static readonly string[] NoCapabilities = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];

    /// <summary>Runs it in a private host and waits for its end.</summary>
    public static ToolResult Run(PrivateNetwork host, params string[] arguments) =>
        host.Run("dotnet", ["exec", Program, .. arguments]);

    /// <summary>The same in the namespaces of the calling thread.</summary>
    public static ToolResult RunHere(params string[] arguments)
    {
        using Tool tool = Tool.Start("dotnet", ["exec", Program, .. arguments]);
        return tool.Wait();
    }

    /// <summary>The same behind another program that changes what it may do.</summary>
    public static ToolResult RunBehind(PrivateNetwork host, string[] prefix, params string[] arguments) =>
        host.Run(prefix[0], [.. prefix[1..], "dotnet", "exec", Program, .. arguments]);

    /// <summary>
    /// The same as a user who is not root, on a machine where everybody may open the TUN driver, as on most desktops.
    /// </summary>
    public static ToolResult RunAsOrdinaryUser(PrivateNetwork host, params string[] arguments)
    {
        // The user may not be able to read where the tests were built.
        DirectoryInfo copy = Directory.CreateTempSubdirectory("fasttun-");
        try
        {
            const string script = """
                mount -t tmpfs none /dev/net && mknod -m 666 /dev/net/tun c 10 200 || exit
                cp -r "$1/." "$0" && chmod -R go+rX "$0" && cd "$0" && shift || exit
                exec setpriv --reuid 65534 --regid 65534 --clear-groups dotnet exec fasttun.dll "$@"
                """;
            return host.Run("unshare", ["-m", "bash", "-c", script, copy.FullName, AppContext.BaseDirectory, .. arguments]);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>Starts it in a private host.</summary>
    public static Tool StartPlain(PrivateNetwork host, params string[] arguments) =>
        host.Start("dotnet", ["exec", Program, .. arguments]);

    /// <summary>Starts <c>forward</c>, <c>reflect</c> or the like and waits until packets flow.</summary>
    /// <param name="host">Where it runs; its ports may be elsewhere.</param>
    /// <param name="arguments">All but <c>--json</c>.</param>
    public static RunningCommand Start(PrivateNetwork host, params string[] arguments)
    {
        var running = new RunningCommand(StartPlain(host, [.. arguments, "--json", "-"]));
        try
        {
            running.WaitUntilReady();
            return running;
        }
        catch
        {
            running.Dispose();
            throw;
        }
    }

    /// <summary>How the command's arguments name a private host: by the descriptor that holds it.</summary>
    public static string NameOf(PrivateNetwork host) =>
        $"/proc/{Environment.ProcessId}/fd/{host.Namespace.Descriptor.Number}";
}
