using System.Diagnostics;
using System.Net.Sockets;

namespace FastTun.Traffic.Tcp;

/// <summary>
/// Sends one stream of bytes as fast as it goes, and ends it in order. <see cref="Run"/> is the whole life of one thread;
/// <see cref="Stop"/> and <see cref="Sent"/> are for any.
/// </summary>
/// <param name="socket">
/// A connected one; it belongs to the trial, which closes it to end a send that does not come back.
/// </param>
/// <param name="offset">Where in the byte pattern the stream begins.</param>
/// <param name="duration">For how long to send.</param>
internal sealed class TcpSender(Socket socket, long offset, TimeSpan duration)
{
    private volatile bool _stopping;
    private long _sent;

    /// <summary>Bytes handed to the kernel.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>When the thread began to send, in Stopwatch ticks.</summary>
    public long Began { get; private set; }

    /// <summary>Whether the stream was not ended in order.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Sends until the time is up or <see cref="Stop"/> is called.</summary>
    public void Run()
    {
        Began = Stopwatch.GetTimestamp();
        try
        {
            while (!_stopping && Stopwatch.GetElapsedTime(Began) < duration)
            {
                int sent = socket.Send(BytePattern.At(offset + _sent, BytePattern.Longest));
                Volatile.Write(ref _sent, _sent + sent);
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            IsBroken = true;
        }
    }

    /// <summary>Makes <see cref="Run"/> return after the send that is under way. Any thread.</summary>
    public void Stop() => _stopping = true;
}
