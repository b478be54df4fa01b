using System.Runtime.InteropServices;
using FastTun.Linux.Native;

namespace FastTun.Linux.Probing;

/// <summary>Whether this user can make namespaces.</summary>
public static unsafe class NamespaceProbe
{
    private const int StackBytes = 64 * 1024;

    /// <summary>
    /// Makes a user namespace (clone(2) CLONE_NEWUSER) for a child that does nothing but end. Only a new process can get
    /// one here: a process with several threads, as this is, cannot move into one (unshare(2), EINVAL).
    /// </summary>
    public static Capability MakeUser()
    {
        // _exit is the child's first and only function, so that not a line of managed code runs in it. This thread waits
        // until then (CLONE_VFORK), and no signal tells of the end, which would be the runtime's to notice.
        nint exit = NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "_exit");
        void* stack = NativeMemory.AlignedAlloc(StackBytes, 64);
        SysResult child = SysResult.FromReturn(Sched.clone(
            (delegate* unmanaged<void*, int>)exit,
            (byte*)stack + StackBytes,
            Sched.CLONE_NEWUSER | Sched.CLONE_VM | Sched.CLONE_VFORK,
            null));
        if (child.IsSuccess)
        {
            int status;
            SysResult.FromReturn(Sched.waitpid(child.Value, &status, Sched.__WALL)).OrThrow("waitpid");
        }

        NativeMemory.AlignedFree(stack);
        return Capability.Of("user namespaces", child, "'unshare -Urn' gives what root has, as far as files allow", WayOut);
    }

    internal static string MakeNetwork()
    {
        using NetworkNamespace made = NetworkNamespace.Create();
        return "";
    }

    private static string WayOut(Errno error) => error switch
    {
        Errno.EPERM or Errno.EACCES =>
            "switched off for users: 'sysctl -w kernel.unprivileged_userns_clone=1' or "
            + "'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0', or the container's seccomp filter",
        Errno.ENOSPC => "there are too many: 'sysctl -w user.max_user_namespaces=10000'",
        Errno.EINVAL => "this kernel was built without user namespaces",
        _ => "unexpected",
    };
}
