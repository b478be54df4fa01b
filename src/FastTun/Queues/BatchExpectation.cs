namespace FastTun.Queues;

/// <summary>
/// What a device's queue has learned of its traffic. While packets come one by one, a batch ends with its first: a
/// second read would only say that nothing waits, and the wait, being level-triggered, says so too. Every few batches
/// the read is made all the same, so that batches grow as soon as packets come faster.
/// </summary>
internal struct BatchExpectation
{
    private const int BatchesUntilNextLook = 8;

    private int _endingEarly;

    /// <summary>Whether the batch ends here although more may wait.</summary>
    /// <param name="received">How many packets it has so far.</param>
    public bool EndsWith(int received)
    {
        if (_endingEarly == 0 || received != 1)
            return false;
        _endingEarly--;
        return true;
    }

    /// <summary>Hears that nothing waits any more.</summary>
    /// <param name="received">How many packets the batch has.</param>
    public void Drained(int received) => _endingEarly = received <= 1 ? BatchesUntilNextLook : 0;
}
