using FastTun.Traffic.Tcp;
using FastTun.Traffic.Udp;

namespace FastTun.Traffic;

/// <summary>
/// One measurement: real traffic from one host to another, over kernel sockets and whatever forwards in between.
/// </summary>
public static class Trial
{
    /// <summary>Sends, receives, waits for what is still on its way, and counts.</summary>
    /// <param name="path">Between which hosts.</param>
    /// <param name="options">What, how fast, for how long.</param>
    /// <param name="progress">Told four times a second how far it is, on a thread of the pool; null for nobody.</param>
    /// <param name="cancellationToken">Ends the sending early: the result is of what was sent until then.</param>
    /// <returns>A <see cref="UdpTrialResult"/> or a <see cref="TcpTrialResult"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range; nothing was done.</exception>
    /// <exception cref="FormatException">
    /// The packets are too small for the address family; nothing was done.
    /// </exception>
    /// <exception cref="FastTun.Linux.LinuxException">
    /// A socket could not be opened, or nothing could be sent.
    /// </exception>
    /// <exception cref="TimeoutException">There was no TCP connection in time.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before anything was sent.</exception>
    public static async Task<TrialResult> RunAsync(
        TrialPath path, TrialOptions options, IProgress<TrialProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        path.Validate();
        options.Validate(path.SenderAddress.AddressFamily);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Protocol == TrafficProtocol.Tcp)
        {
            using TcpTrial tcp = await TcpTrial.ConnectAsync(path, options, cancellationToken);
            return await tcp.RunAsync(progress, cancellationToken);
        }

        using var udp = new UdpTrial(path, options);
        return await udp.RunAsync(progress, cancellationToken);
    }
}
