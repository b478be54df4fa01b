using System.Runtime.InteropServices;

namespace FastTun.Cli.Forwarding;

/// <summary>SIGINT and SIGTERM, which ask for an orderly end.</summary>
internal sealed class StopSignals : IDisposable
{
    // Not disposed of: a handler may still be under way when its registration is gone, and must find what it cancels.
    // Without a timer or a wait handle there is nothing in it to give back.
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
    ];

    /// <summary>Cancelled by the first signal, or by <see cref="Stop()"/>.</summary>
    public CancellationToken Token => _stop.Token;

    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _stop.Cancel();
    }
}
