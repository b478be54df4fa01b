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
        _clock = ~LibC.gettid() << 3 | PerThreadScheduled;
        _began = Read();
    }

    /// <summary>What the thread has used so far; after <see cref="Stop"/>, what it had used until then.</summary>
    public TimeSpan Elapsed => (TimeSpan?)Volatile.Read(ref _final) ?? Read() - _began;

    /// <summary>Starts measuring the calling thread.</summary>
    public static ThreadClock StartNew() => new();

    /// <summary>Fixes <see cref="Elapsed"/>. The thread that is measured calls it, as its clock ends with it.</summary>
    public void Stop() => Volatile.Write(ref _final, Read() - _began);

    private TimeSpan Read()
    {
        timespec time;
        SysResult.FromReturn(Time.clock_gettime(_clock, &time)).OrThrow("clock_gettime", $"thread clock {_clock}");
        return new TimeSpan((long)time.tv_sec * TimeSpan.TicksPerSecond + (long)time.tv_nsec / TimeSpan.NanosecondsPerTick);
    }
}
