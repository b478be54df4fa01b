namespace FastTun.Traffic;

/// <summary>How far a trial is; the counters are since its start.</summary>
/// <param name="Elapsed">Since the sending began.</param>
/// <param name="PacketsSent">UDP packets sent.</param>
/// <param name="PacketsReceived">UDP packets received.</param>
/// <param name="BytesSent">As in <see cref="TrialResult.BytesSent"/>.</param>
/// <param name="BytesReceived">As in <see cref="TrialResult.BytesReceived"/>.</param>
public readonly record struct TrialProgress(
    TimeSpan Elapsed, long PacketsSent, long PacketsReceived, long BytesSent, long BytesReceived);
