namespace FastTun.Engine;

/// <summary>
/// How long an idle worker goes on looking before it sleeps. To be woken takes microseconds, which a look saves if
/// the next packet is near; so it looks for as long as the limit says, but only while packets have lately come sooner
/// than that: a worker that waits for long does not burn its processor. Off, it costs nothing, not even a look at the
/// clock.
/// </summary>
internal struct IdleSpin
{
    private readonly TimeProvider? _time;
    private readonly long _limit;
    private long _began;
    private long _recentGap;

    /// <summary>Prepares it.</summary>
    /// <param name="limit">The longest spin; zero for none at all.</param>
    /// <param name="time">What measures it.</param>
    public IdleSpin(TimeSpan limit, TimeProvider time)
    {
        _limit = (long)(limit.TotalSeconds * time.TimestampFrequency);
        _time = _limit > 0 ? time : null;
    }

    /// <summary>Hears that there is nothing to do.</summary>
    public void Begin() => _began = _time?.GetTimestamp() ?? 0;

    /// <summary>Whether to look once more, before sleeping.</summary>
    public readonly bool GoesOn() =>
        _time is not null && _recentGap < _limit && _time.GetTimestamp() - _began < _limit;

    /// <summary>Hears that there is something to do again, found by looking or by sleeping.</summary>
    public void End()
    {
        if (_time is null)
            return;

        // One long gap counts for no more than four limits: it ends the spinning, and one short gap begins it again.
        long gap = Math.Min(_time.GetTimestamp() - _began, 4 * _limit);
        _recentGap = (3 * _recentGap + gap) / 4;
    }
}
