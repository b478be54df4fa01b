using System.Diagnostics;
using System.Net.Sockets;

namespace FastTun.Traffic.Tcp;

/// <summary>
/// Receives one stream of bytes to its end and checks every one of them. <see cref="Run"/> is the whole life of one thread;
/// <see cref="Received"/> is for any, and the rest may be read when that thread has ended.
/// </summary>
/// <param name="socket">
/// A connected one; it belongs to the trial, which closes it to end a wait that does not come back.
/// </param>
/// <param name="offset">Where in the byte pattern the stream begins.</param>
internal sealed class TcpReceiver(Socket socket, long offset)
{
    private readonly byte[] _buffer = new byte[BytePattern.Longest];
    private long _received;

    /// <summary>Bytes received.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Those of them that are not what was sent there.</summary>
    public long Corrupt { get; private set; }

    /// <summary>When the last byte arrived, in Stopwatch ticks; 0 when none did.</summary>
    public long LastArrival { get; private set; }

    /// <summary>Whether the stream broke off before its end.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Receives until the sender ends the stream, or it breaks off.</summary>
    public void Run()
    {
        try
        {
            while (socket.Receive(_buffer) is var count and > 0)
            {
                LastArrival = Stopwatch.GetTimestamp();
                Check(_buffer.AsSpan(0, count));
                Volatile.Write(ref _received, _received + count);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            IsBroken = true;
        }
    }

    private void Check(ReadOnlySpan<byte> bytes)
    {
        long position = offset + _received;
        if (!bytes.SequenceEqual(BytePattern.At(position, bytes.Length)))
            Corrupt += BytePattern.CountDifferences(bytes, position);
    }
}
