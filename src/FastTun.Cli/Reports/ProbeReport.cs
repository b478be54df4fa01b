using System.Runtime.InteropServices;
using FastTun.Linux.Probing;

namespace FastTun.Cli.Reports;

/// <summary>What a kernel and a user can do.</summary>
/// <param name="Kernel">The kernel's release.</param>
/// <param name="Architecture">Of the processor.</param>
/// <param name="Processors">How many this process may use.</param>
/// <param name="Privileged">Whether it runs as root, or as what passes for root in its user namespace.</param>
/// <param name="Capabilities">All that was tried.</param>
internal sealed record ProbeReport(
    string Kernel, string Architecture, int Processors, bool Privileged, IReadOnlyList<CapabilityReport> Capabilities)
{
    public static ProbeReport From(IEnumerable<Capability> capabilities) => new(
        Environment.OSVersion.Version.ToString(),
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        Environment.ProcessorCount,
        Environment.IsPrivilegedProcess,
        [.. capabilities.Select(CapabilityReport.From)]);
}

/// <summary>One thing that was tried.</summary>
/// <param name="Name">What.</param>
/// <param name="Available">Whether it can be done.</param>
/// <param name="Errno">Why not; null where it can.</param>
/// <param name="Detail">What was found, or what it would take.</param>
internal sealed record CapabilityReport(string Name, bool Available, string? Errno, string Detail)
{
    public static CapabilityReport From(Capability capability) => new(
        capability.Name,
        capability.IsAvailable,
        capability.IsAvailable ? null : capability.Error.ToString(),
        capability.Detail);
}
