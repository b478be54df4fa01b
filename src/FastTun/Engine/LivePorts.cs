using FastTun.Batching;

namespace FastTun.Engine;

/// <summary>
/// The ports as they are now. Workers read the table once a batch; whoever learns of a change swaps it whole, counts it, and
/// tells those who listen.
/// </summary>
internal sealed class LivePorts(PortTable table)
{
    private readonly Lock _changing = new();
    private PortTable _table = table;
    private long _events;

    /// <summary>Raised on the thread that learned of the change, one change at a time.</summary>
    public event Action<PortChange>? Changed;

    public PortTable Current => Volatile.Read(ref _table);

    public long Events => Volatile.Read(ref _events);

    public void Report(int index, PortChangeKind kind, Func<PortState, PortState> change)
    {
        lock (_changing)
        {
            PortState before = _table[index];
            PortState after = change(before);
            Volatile.Write(ref _table, _table.With(index, after));
            Volatile.Write(ref _events, _events + 1);
            Changed?.Invoke(new PortChange(index, kind, before, after));
        }
    }
}
