using FastTun.Linux.Native;
using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>
/// The processor time of one thread since it started the clock. Any thread may read it; the thread that is measured stops it
/// before it ends.
/// </summary>
public sealed unsafe class ThreadClock
{
    // The kernel's CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED, below the inverted thread number (include/linux/posix-timers_types.h).
    private const int PerThreadScheduled = 4 | 2;

    private readonly int _clock;
    private readonly TimeSpan _began;
    private object? _final;

    private ThreadClock()
    {
        _clock = ~Unistd.gettid() << 3 | PerThreadScheduled;
        _began = Read();
    }

    /// <summary>What the thread has used so far; after <see cref="Stop"/>, what it had used until then.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            if (Volatile.Read(ref _final) is TimeSpan final)
                return final;
            SysResult result = TryRead(out TimeSpan now);
            // The thread may have stopped the clock and ended just now: then its clock is gone, and the final time is there.
            return result.Error == Errno.EINVAL && Volatile.Read(ref _final) is TimeSpan late ? late : Checked(result, now) - _began;
        }
    }

    /// <summary>Starts measuring the calling thread.</summary>
    public static ThreadClock StartNew() => new();

    /// <summary>Fixes <see cref="Elapsed"/>. The thread that is measured calls it, as its clock ends with it.</summary>
    public void Stop() => Volatile.Write(ref _final, Read() - _began);

    private TimeSpan Read()
    {
        SysResult result = TryRead(out TimeSpan now);
        return Checked(result, now);
    }

    private static TimeSpan Checked(SysResult result, TimeSpan time)
    {
        result.OrThrow("clock_gettime", "of a thread");
        return time;
    }

    private SysResult TryRead(out TimeSpan time)
    {
        timespec now;
        SysResult result = SysResult.FromSuppressedReturn(Time.clock_gettime(_clock, &now));
        time = new TimeSpan((long)now.tv_sec * TimeSpan.TicksPerSecond + (long)now.tv_nsec / TimeSpan.NanosecondsPerTick);
        return result;
    }
}
