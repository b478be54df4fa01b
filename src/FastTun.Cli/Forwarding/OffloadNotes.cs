using FastTun.Linux.Tun;
using FastTun.Offload;

namespace FastTun.Cli.Forwarding;

/// <summary>What people should know of a run's offloads: what the kernel does wrongly, and what is unproven.</summary>
internal static class OffloadNotes
{
    /// <summary>Lines for the ports of a run; none where all is well, or no port has offloads.</summary>
    public static IEnumerable<string> For(IEnumerable<TunDevice> devices)
    {
        TunOffloads granted = devices.Aggregate(TunOffloads.None, (all, device) => all | device.Offloads);
        if (granted == TunOffloads.None)
            yield break;
        OffloadFinding[] findings = [.. OffloadSelfTest.Findings.Where(finding => granted.HasFlag(finding.Offload))];
        foreach (OffloadFinding wrong in findings.Where(finding => finding.Verdict == OffloadVerdict.Wrong))
        {
            yield return $"{wrong.Capability.Name} are finished in software: "
                + $"{wrong.Capability.Error}: {wrong.Capability.Detail}";
        }

        if (Array.Find(findings, finding => finding.Verdict == OffloadVerdict.Untested) is { } untested)
            yield return $"offloads are used as the kernel offers them: {untested.Capability.Detail}";
    }
}
