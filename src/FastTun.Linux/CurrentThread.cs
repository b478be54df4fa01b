using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>What only the calling thread can do for itself.</summary>
public static unsafe class CurrentThread
{
    /// <summary>
    /// Keeps this thread on these processors from now on (sched_setaffinity(2)). For threads that are the caller's own:
    /// one of the pool would stay pinned for whoever comes next.
    /// </summary>
    /// <param name="cpus">At least one processor, all of which the thread may use.</param>
    /// <exception cref="LinuxException">One of them does not exist, or is not for this process; nothing was
    /// changed.</exception>
    public static void Pin(CpuSet cpus)
    {
        ArgumentNullException.ThrowIfNull(cpus);
        CpuSet before = CpuSet.Current;
        SysResult result = Set(cpus);

        // The kernel leaves out silently what it cannot give, as long as something remains.
        if (result.IsSuccess && !CpuSet.Current.Equals(cpus))
        {
            Set(before);
            result = SysResult.Failure(Errno.EINVAL);
        }

        result.OrThrow(
            "sched_setaffinity", cpus.ToString(), $"not all of these CPUs can be used; this thread has {before}");
    }

    /// <summary>
    /// Lets this thread's waits end as punctually as the kernel can. It may otherwise end them 50 microseconds late, to end
    /// several at once (PR_SET_TIMERSLACK in prctl(2)); at 100,000 packets a second that is five packets.
    /// </summary>
    public static void MinimizeTimerSlack() =>
        SysResult.FromReturn(Prctl.prctl(Prctl.PR_SET_TIMERSLACK, 1)).OrThrow("prctl PR_SET_TIMERSLACK");

    private static SysResult Set(CpuSet cpus)
    {
        cpu_set_t mask = cpus.ToMask();
        return SysResult.FromReturn(LibC.sched_setaffinity(0, sizeof(cpu_set_t), &mask));
    }
}
