using FastTun.Linux;
using FastTun.Linux.Bpf;
using FastTun.Linux.Tun;
using FastTun.Stages;

namespace FastTun.Engine;

/// <summary>
/// Which worker a flow meets: the same one in both directions, at every port that is a device, because a program of
/// each device gives packets to queues by what all translation leaves of the flow (<see cref="SteeringParts"/>). Nothing
/// else depends on it: packets that meet another worker are forwarded as well. Any thread, one at a time.
/// </summary>
internal sealed class PortSteering
{
    private readonly (TunDevice Device, FlowParts Parts)[] _devices;
    private readonly int _allWorkers;

    /// <summary>Plans; nothing is asked of the kernel yet.</summary>
    /// <param name="ports">All of them.</param>
    /// <param name="stages">One worker's, which know what they translate.</param>
    public PortSteering(IReadOnlyList<Port> ports, IReadOnlyList<IPacketStage> stages)
    {
        FlowParts translated(int port) =>
            stages.Aggregate(FlowParts.None, (parts, stage) => parts | stage.TranslatedParts(port));
        FlowParts[] parts = SteeringParts.Choose([.. Enumerable.Range(0, ports.Count).Select(translated)]);
        _devices =
        [
            .. from port in ports.Zip(parts, (port, parts) => (port.Device, parts))
               where port.Device is not null
               select port,
        ];
        _allWorkers = ports[0].Queues.Count;
        IsComplete = _devices.Length == ports.Count;
    }

    /// <summary>
    /// Whether translation leaves anything to tell flows apart by; else one worker would have them all.
    /// </summary>
    public bool HasFlows => Array.TrueForAll(_devices, port => port.Parts != FlowParts.None);

    /// <summary>Whether all ports are devices.</summary>
    public bool IsComplete { get; }

    /// <summary>Spreads the flows over the first workers. What waits in the others' queues stays there.</summary>
    /// <param name="workers">How many, 1 or more.</param>
    /// <exception cref="LinuxException">EPERM: the process may not load programs; nothing was changed.</exception>
    public void SpreadOver(int workers)
    {
        // Other processes may have queues of the same device; a program for all workers leaves them their share.
        int? queues = workers < _allWorkers ? workers : null;
        List<BpfProgram> programs = [];
        try
        {
            foreach ((_, FlowParts parts) in _devices)
                programs.Add(FlowSteering.Load(parts, queues));
            foreach (((TunDevice device, _), BpfProgram program) in _devices.Zip(programs))
                SetUnlessGone(device, program);
        }
        finally
        {
            programs.ForEach(program => program.Dispose());
        }
    }

    /// <summary>Leaves the choice to the kernel again, as far as it lets.</summary>
    public void Release()
    {
        foreach ((TunDevice device, _) in _devices)
        {
            try
            {
                SetUnlessGone(device, null);
            }
            catch (LinuxException)
            {
                // A kernel that cannot steer has nothing to release.
            }
        }
    }

    // A device that is gone, or was closed, has no packets to steer.
    private static void SetUnlessGone(TunDevice device, BpfProgram? program)
    {
        try
        {
            device.SetSteering(program);
        }
        catch (Exception gone) when (gone is ObjectDisposedException or LinuxException { Error: Errno.EBADFD })
        {
        }
    }
}
