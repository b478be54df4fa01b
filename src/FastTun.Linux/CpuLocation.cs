namespace FastTun.Linux;

/// <summary>Where one processor, as the scheduler counts them, is in the machine.</summary>
/// <param name="Cpu">Its number.</param>
/// <param name="Node">The NUMA node, whose memory is nearest.</param>
/// <param name="Package">The socket.</param>
/// <param name="Cache">The lowest processor of those that share its last-level cache.</param>
/// <param name="Core">The lowest processor of those that share its core (hyper-threads).</param>
public readonly record struct CpuLocation(int Cpu, int Node, int Package, int Cache, int Core);
