using System.Runtime.InteropServices;
using FastTun.Linux;

namespace FastTun.TestKit;

/// <summary>A thread of root's without root's capabilities: it may do what an ordinary user may.</summary>
public static unsafe partial class Unprivileged
{
    private const uint LinuxCapabilityVersion3 = 0x20080522;

    /// <summary>Runs code in a namespace on a thread of its own that first gives up all capabilities.</summary>
    public static void Run(NetworkNamespace ns, Action work) => ns.Run(() =>
    {
        Header header = new(LinuxCapabilityVersion3, 0);
        ulong* none = stackalloc ulong[3];
        new Span<ulong>(none, 3).Clear();
        if (capset(&header, none) != 0)
            throw new LinuxException("capset", null, (Errno)Marshal.GetLastPInvokeError());
        work();
    });

    // Effective, permitted and inheritable sets, 32 bits each, twice over.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(Header* header, ulong* data);

    private readonly record struct Header(uint Version, int Pid);
}
