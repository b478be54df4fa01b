namespace FastTun.Traffic.Tests.Trials;

/// <summary>Keeps the reports of a trial, and does something at each.</summary>
internal sealed class ProgressProbe(Action<TrialProgress> atReport) : IProgress<TrialProgress>
{
    public List<TrialProgress> Reports { get; } = [];

    public void Report(TrialProgress value)
    {
        Reports.Add(value);
        atReport(value);
    }
}
