using System.CommandLine;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Reports;
using FastTun.Linux.Probing;
using FastTun.Offload;
using Spectre.Console;

namespace FastTun.Cli.Commands;

/// <summary><c>fasttun probe</c>: what can be done here, and what it would take to do the rest.</summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        Option<OutputFile> json = OutputFile.JsonOption("Write it");
        var command = new DocumentedCommand("probe", "Try what this kernel and this user can do, each thing for real")
        {
            Examples = ["fasttun probe", "fasttun probe --json -"],
        };
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            ProbeReport report = ProbeReport.From(
                [.. KernelProbe.Run(), .. OffloadSelfTest.Findings.Select(finding => finding.Capability)]);
            if (parsed.GetValue(json) is { } file)
                file.Write(report, ReportJson.Default.ProbeReport);
            else
                Write(report);
        });
        return command;
    }

    private static void Write(ProbeReport report)
    {
        string machine = $"Linux {report.Kernel} {report.Architecture}, {report.Processors} CPUs";
        Table table = Screen.Texts(machine, "", report.Privileged ? "as root" : "as an ordinary user");
        foreach (CapabilityReport capability in report.Capabilities)
            table.Row(capability.Name, capability.Errno ?? "yes", capability.Detail);
        table.Show();
    }
}
