using System.Numerics;
using FastTun.Linux.Tun;

namespace FastTun.Offload;

/// <summary>
/// Which unfinished packets may be written to one device: what the self-test found the kernel to finish rightly, less
/// what it has refused since. All queues of the device share it and read <see cref="Usable"/> once a batch; the rest
/// is for the rare packet that is refused. What the host may leave undone in what is <i>read</i> (TUNSETOFFLOAD) is
/// left as it is: a kernel that does not take a kind of super-packets may give them all the same, and they cost least
/// where they are cut last, if at all. Any thread.
/// </summary>
internal sealed class DeviceOffloads
{
    /// <summary>
    /// How many super-packets of a kind may be refused, one after another or not. No reason is known why a sound one
    /// is refused at all, so one would prove as much as many; sixteen forgive what is over soon, and cost a flow at
    /// full speed a millisecond. They are not counted in a row, because a kernel that refuses some shapes takes others
    /// in between.
    /// </summary>
    public const int ToleratedRefusals = 16;

    private readonly long[] _refused = new long[32];
    private int _usable;

    /// <summary>Begins with what may be written.</summary>
    /// <param name="usable">A set; without Checksum it is none.</param>
    public DeviceOffloads(TunOffloads usable) => _usable = (int)TrimmedTo(usable);

    /// <summary>What may be written.</summary>
    public TunOffloads Usable => (TunOffloads)Volatile.Read(ref _usable);

    /// <summary>
    /// Told of a kind that is not written any more, once; on the thread of the worker that met the last refusal.
    /// </summary>
    public Action<TunOffloads>? SwitchedOff { get; set; }

    /// <summary>How many sound super-packets the kernel refused (EINVAL), by kind; zeros are left out.</summary>
    public IReadOnlyDictionary<TunOffloads, long> Refused
    {
        get
        {
            var refused = new SortedDictionary<TunOffloads, long>();
            for (int bit = 0; bit < _refused.Length; bit++)
            {
                if (Interlocked.Read(ref _refused[bit]) is var count and not 0)
                    refused[(TunOffloads)(1 << bit)] = count;
            }

            return refused;
        }
    }

    /// <summary>
    /// What may be written to a device. What it was granted for reading bounds it, as kernels have learned both
    /// together, and who asks for less may have a reason; but a device that asked for the header alone was granted
    /// nothing, which says nothing.
    /// </summary>
    /// <param name="device">A device with virtio-net headers.</param>
    public static DeviceOffloads For(TunDevice device)
    {
        TunOffloads granted = device.Offloads == TunOffloads.None ? TunOffloads.All : device.Offloads;
        return new DeviceOffloads(OffloadSelfTest.Usable(OffloadSelfTest.Findings) & granted);
    }

    /// <summary>
    /// Counts a sound super-packet that the kernel refused but took in parts, and switches its kind off when they have
    /// been too many.
    /// </summary>
    /// <param name="needed">What it needed.</param>
    public void Refuse(TunOffloads needed)
    {
        TunOffloads kind = needed.HasFlag(TunOffloads.TcpEcn) ? TunOffloads.TcpEcn : needed & ~TunOffloads.Checksum;
        long count = Interlocked.Increment(ref _refused[BitOperations.Log2((uint)kind)]);
        if (count != ToleratedRefusals)
            return;
        Interlocked.And(ref _usable, (int)~kind);
        SwitchedOff?.Invoke(kind);
    }

    private static TunOffloads TrimmedTo(TunOffloads usable) =>
        usable.HasFlag(TunOffloads.Checksum) ? usable & TunOffloads.All : TunOffloads.None;
}
