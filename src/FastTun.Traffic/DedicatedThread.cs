namespace FastTun.Traffic;

/// <summary>Work that has a thread of its own, so that it is never queued behind other work of the pool.</summary>
internal static class DedicatedThread
{
    /// <summary>Starts the work.</summary>
    /// <param name="name">The thread's name; Linux shows 15 characters.</param>
    /// <param name="work">What to do; what it throws is the task's failure.</param>
    /// <returns>Completes when the work has ended.</returns>
    public static Task Start(string name, Action work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                work();
                ended.SetResult();
            }
            catch (Exception failure)
            {
                ended.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.UnsafeStart();
        return ended.Task;
    }
}
