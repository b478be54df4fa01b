namespace FastTun.Linux;

/// <summary>
/// What a thread sleeps in until a descriptor is readable (level-triggered); errors and hang-ups count as readable.
/// Each descriptor is known by a number that its owner chose. <see cref="PollSet"/> suits a few, <see cref="Epoll"/>
/// many.
/// </summary>
public interface IPoller : IDisposable
{
    /// <summary>Begins to watch a descriptor.</summary>
    /// <param name="descriptor">It must stay open until it is removed.</param>
    /// <param name="key">What <see cref="Wait"/> reports for it.</param>
    /// <exception cref="LinuxException">It cannot be waited for, or is here already.</exception>
    void Add(FileDescriptor descriptor, int key);

    /// <summary>Stops watching a descriptor; of one that has been closed this may be said or not.</summary>
    /// <param name="descriptor">A descriptor that was added.</param>
    /// <exception cref="LinuxException">It was not added.</exception>
    void Remove(FileDescriptor descriptor);

    /// <summary>Sleeps until something is readable.</summary>
    /// <param name="readyKeys">Receives the keys of what is ready.</param>
    /// <param name="timeoutMs">How long to wait, in milliseconds; 0 only looks, -1 waits for ever.</param>
    /// <returns>How many keys were written: 0 when the time ran out or a signal came.</returns>
    int Wait(Span<int> readyKeys, int timeoutMs);
}
