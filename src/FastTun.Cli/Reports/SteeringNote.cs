using FastTun.Linux;

namespace FastTun.Cli.Reports;

/// <summary>One line for people where flows are not steered as they were to be.</summary>
internal static class SteeringNote
{
    public static void Write(LinuxException? refusal)
    {
        if (refusal is not null)
            Console.Error.WriteLine($"queues are chosen by the driver: {refusal.Message}");
    }
}
