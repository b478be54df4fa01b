using FastTun.Linux.Probing;
using FastTun.Linux.Tun;

namespace FastTun.Offload;

/// <summary>What the self-test found out about one kind of unfinished packets.</summary>
/// <param name="Offload">The kind.</param>
/// <param name="Verdict">Whether the kernel can be given them.</param>
/// <param name="Capability">The same for people: what was tried, and why not.</param>
public sealed record OffloadFinding(TunOffloads Offload, OffloadVerdict Verdict, Capability Capability);

/// <summary>How the kernel does with one kind of unfinished packets.</summary>
public enum OffloadVerdict
{
    /// <summary>It finishes them as it should, byte for byte.</summary>
    Right,

    /// <summary>
    /// It refuses some, loses them, or makes something else of them: they are finished before it is given them.
    /// </summary>
    Wrong,

    /// <summary>It could not be tried; what the kernel says of itself is believed.</summary>
    Untested,
}
