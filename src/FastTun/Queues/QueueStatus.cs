namespace FastTun.Queues;

/// <summary>What a queue knows after it has received.</summary>
public enum QueueStatus
{
    /// <summary>The batch is full; more packets may wait.</summary>
    MoreMayWait,

    /// <summary>No packet waits any more.</summary>
    Drained,

    /// <summary>The queue's device is gone or the queue was detached: nothing will come any more.</summary>
    Closed,
}
