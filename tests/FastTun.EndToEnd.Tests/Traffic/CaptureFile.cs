using System.Buffers.Binary;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>What tcpdump sees at a private host's device, in a temporary file, and what tshark thinks of it.</summary>
internal sealed class CaptureFile : IDisposable
{
    private const int FileHeaderBytes = 24, RecordHeaderBytes = 16, CapturedLengthOffset = 8;

    // Those that Wireshark looks at only when told to.
    private static readonly string[] Checksums = ["ip", "tcp", "udp"];

    // Room for all that a test sends: what does not fit while tcpdump waits for a processor would be missing.
    private const string BufferKiB = "65536";

    /// <summary>What Wireshark's dissectors hold against packets: nothing may match it.</summary>
    private const string Complaint =
        "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0"
        + " || icmp.checksum.status == 0 || icmpv6.checksum.status == 0";

    private readonly TemporaryDirectory _directory = new();
    private readonly Tool _tcpdump;

    private CaptureFile(PrivateNetwork host, string device)
    {
        string[] everythingAtOnce = ["-s", "0", "-B", BufferKiB, "--immediate-mode", "-U"];
        _tcpdump = host.Start("tcpdump", ["-n", "-i", device, .. everythingAtOnce, "-Z", "root", "-w", Name]);
        _tcpdump.WaitForText("listening on");
    }

    /// <summary>The file's name.</summary>
    public string Name => _directory["packets.pcap"];

    /// <summary>Starts to capture, both ways.</summary>
    public static CaptureFile Start(PrivateNetwork host, string device) => new(host, device);

    /// <summary>Ends the capture once it holds some packets.</summary>
    public CaptureFile StopAt(int packets)
    {
        Eventually.Holds(() => Packets().Count >= packets);
        Tool.Start("kill", "-INT", $"{_tcpdump.Id}").Wait().OrThrow();
        _tcpdump.Wait().OrThrow();
        return this;
    }

    /// <summary>The packets' bytes, as the device carried them.</summary>
    public List<byte[]> Packets()
    {
        byte[] file = File.ReadAllBytes(Name);
        var packets = new List<byte[]>();
        for (int record = FileHeaderBytes; record + RecordHeaderBytes <= file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(record + CapturedLengthOffset));
            int begin = record + RecordHeaderBytes;
            if (begin + length > file.Length)
                break;
            packets.Add(file[begin..(begin + length)]);
            record = begin + length;
        }

        return packets;
    }

    /// <summary>One line a packet that a display filter lets through: its fields, behind tabs.</summary>
    public string[] Read(string filter, params string[] fields) => Read(Name, filter, fields);

    /// <summary>The lines of packets that Wireshark finds malformed, or of which a checksum is wrong.</summary>
    public string[] Complaints() => Complaints(Name);

    /// <inheritdoc cref="Complaints()"/>
    public static string[] Complaints(string file) => Read(file, Complaint);

    public void Dispose()
    {
        _tcpdump.Dispose();
        _directory.Dispose();
    }

    public static string[] Read(string file, string filter, params string[] fields)
    {
        string[] checks = [.. Checksums.SelectMany(layer => new[] { "-o", $"{layer}.check_checksum:TRUE" })];
        string[] columns = fields.Length == 0 ? [] : ["-T", "fields", .. fields.SelectMany(field => new[] { "-e", field })];
        using Tool tshark = Tool.Start("tshark", ["-n", "-r", file, .. checks, "-Y", filter, .. columns]);
        string output = tshark.Wait().OrThrow().Output;
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
