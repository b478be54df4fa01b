namespace FastTun.Queues;

/// <summary>What a queue knows after it has received.</summary>
public enum QueueStatus
{
    /// <summary>More packets may wait: serve the queue again without asking its readiness.</summary>
    MoreMayWait,

    /// <summary>No packet waits any more, or readiness says that one does.</summary>
    Drained,

    /// <summary>The queue's device is gone or the queue was detached: nothing will come any more.</summary>
    Closed,
}
