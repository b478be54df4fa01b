using FastTun.Batching;
using FastTun.Offload;

namespace FastTun.Engine;

/// <summary>
/// The ports as they are now. Workers read the table once a batch; whoever learns of a change swaps it whole, counts it, and
/// tells those who listen.
/// </summary>
internal sealed class LivePorts(PortTable table)
{
    private readonly Lock _changing = new();
    private PortTable _table = table;
    private readonly bool[] _removed = new bool[table.Count];
    private long _events;

    /// <summary>Raised on the thread that learned of the change, one change at a time.</summary>
    public event Action<PortChange>? Changed;

    public PortTable Current => Volatile.Read(ref _table);

    public long Events => Volatile.Read(ref _events);

    /// <summary>Makes a change known, unless it is none or the port is gone already.</summary>
    public void Report(int index, PortChangeKind kind, Func<PortState, PortState> change)
    {
        lock (_changing)
        {
            if (!_removed[index])
                Swap(index, kind, change(_table[index]));
        }
    }

    /// <summary>Makes it known that a port is gone for good. Every worker and the monitor may say so; it happens once.</summary>
    public void ReportRemoved(int index)
    {
        lock (_changing)
        {
            if (_removed[index])
                return;
            _removed[index] = true;
            Swap(index, PortChangeKind.Removed, _table[index] with { IsUp = false });
        }
    }

    /// <summary>Makes known what a port's device is given no more, from now on.</summary>
    public void Watch(int index, DeviceOffloads? offloads)
    {
        if (offloads is not null)
        {
            offloads.SwitchedOff = kind => Report(
                index, PortChangeKind.OffloadRefused, state => state with { Offloads = state.Offloads & ~kind });
        }
    }

    private void Swap(int index, PortChangeKind kind, PortState after)
    {
        PortState before = _table[index];
        if (before == after && kind is not (PortChangeKind.Removed or PortChangeKind.Moved))
            return;
        Volatile.Write(ref _table, _table.With(index, after));
        Volatile.Write(ref _events, _events + 1);
        Changed?.Invoke(new PortChange(index, kind, before, after));
    }
}
