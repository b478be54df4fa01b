using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>
/// Packets made by scapy, odd and hostile ones among them, put on a private host's device as they are: a packet socket asks
/// neither the routes nor the checksums.
/// </summary>
internal static class ScapyPackets
{
    private const string Program = """
        import errno, socket, sys
        from scapy.layers.l2 import *
        from scapy.layers.inet import *
        from scapy.layers.inet6 import *
        device = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        device.bind((sys.argv[1], 0))
        v4 = dict(src="198.18.0.1", dst="203.0.113.9")
        v6 = dict(src="2001:db8:18::1", dst="2001:db8:113::9")
        udp = UDP(sport=4000, dport=4001) / b"payload."
        tcp = TCP(sport=4000, dport=4001) / b"payload."
        for packet in eval(sys.argv[2]):
            data = bytes(packet)
            try:
                device.send(data)
                print(data.hex())
            except OSError as refusal:
                print(errno.errorcode[refusal.errno])
        """;

    /// <summary>Sends packets.</summary>
    /// <param name="host">The host that owns the device.</param>
    /// <param name="device">Its name.</param>
    /// <param name="packets">
    /// Python expressions, of scapy packets or of bytes. <c>v4</c> and <c>v6</c> are the keywords of a header from the left
    /// host to an address that nobody answers at; <c>udp</c> and <c>tcp</c> what may follow.
    /// </param>
    /// <returns>A line a packet: its bytes in hexadecimal digits, or the kernel's refusal.</returns>
    public static string[] Send(PrivateNetwork host, string device, params string[] packets)
    {
        // Debian's own Python has Debian's scapy.
        string list = $"[{string.Join(", ", packets)}]";
        string output = host.Run("/usr/bin/python3", "-c", Program, device, list).OrThrow().Output;
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
