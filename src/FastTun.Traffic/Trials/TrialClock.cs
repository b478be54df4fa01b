namespace FastTun.Traffic;

/// <summary>How a trial passes its time: it reports while it sends, and waits until nothing arrives any more.</summary>
/// <param name="options">The time that it may take, and where time comes from.</param>
internal sealed class TrialClock(TrialOptions options)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _time = options.TimeProvider;

    /// <summary>Waits for a task, and reports meanwhile and at its end.</summary>
    /// <param name="work">What to wait for; its failure is not thrown here.</param>
    /// <param name="progress">Whom to tell.</param>
    /// <param name="look">Reads the counters, given the time since the start.</param>
    public async Task ReportUntilAsync(Task work, IProgress<TrialProgress>? progress, Func<TimeSpan, TrialProgress> look)
    {
        long began = _time.GetTimestamp();
        using var timer = new PeriodicTimer(ReportInterval, _time);
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, timer.WaitForNextTickAsync(CancellationToken.None).AsTask());
            progress?.Report(look(_time.GetElapsedTime(began)));
        }
    }

    /// <summary>Waits until everything has arrived, or nothing did for a while, or the time is up.</summary>
    /// <param name="arrived">Reads how much has arrived.</param>
    /// <param name="isDone">Whether that is everything.</param>
    /// <param name="quiet">How long nothing may arrive.</param>
    public async Task WaitForQuietAsync(Func<long> arrived, Func<bool> isDone, TimeSpan quiet)
    {
        long began = _time.GetTimestamp();
        long changed = began;
        long last = arrived();
        using var timer = new PeriodicTimer(LookInterval, _time);
        while (!isDone()
            && _time.GetElapsedTime(changed) < quiet
            && _time.GetElapsedTime(began) < options.DrainTimeout
            && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            if (arrived() is var now && now != last)
                (last, changed) = (now, _time.GetTimestamp());
        }
    }
}
