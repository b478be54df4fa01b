using System.Text;
using FastTun.Linux;
using Tmds.Linux;

namespace FastTun.TestKit;

/// <summary>A thread that does not see the TUN driver's file, as in a container that was not given it.</summary>
public static unsafe class WithoutDriver
{
    /// <summary>
    /// Runs code in a network namespace, on a thread of its own with mounts of its own, and nothing in /dev/net.
    /// </summary>
    public static void Run(NetworkNamespace ns, Action work) => ns.Run(() =>
    {
        Check(LibC.unshare(LibC.CLONE_NEWNS | LibC.CLONE_FS), "unshare");
        Mount("none", "/", null, LibC.MS_REC | LibC.MS_PRIVATE);
        Mount("tmpfs", "/dev/net", "tmpfs", 0);
        work();
    });

    private static void Mount(string source, string target, string? type, ulong flags)
    {
        fixed (byte* from = Text(source), to = Text(target), kind = type is null ? null : Text(type))
            Check(LibC.mount(from, to, kind, (ulong_t)flags, null), $"mount {target}");
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static void Check(int result, string operation)
    {
        if (result != 0)
            throw new LinuxException(operation, null, (Errno)LibC.errno);
    }
}
