using System.IO.Pipelines;
using FastTun.Batching;
using FastTun.Capture;
using FastTun.Queues;
using FastTun.TestKit;
using FastTun.TestKit.Packets;
using FastTun.Tests.Engine;

namespace FastTun.Tests.Capture;

/// <summary>Recordings are judged by tshark.</summary>
public class PacketCaptureTests
{
    private static readonly string[] Fields =
        ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.interface_name", "-e", "frame.packet_flags_direction", "-e", "ip.ttl", "-e", "frame.len"];

    [Fact]
    public async Task What_passes_a_port_is_in_the_file_with_its_time_and_direction()
    {
        string file = Path.GetTempFileName();
        try
        {
            var time = new ManualTimeProvider();
            await using (var capture = new PacketCapture(PipeWriter.Create(File.Create(file)), time))
            {
                await using var engine = new MemoryEngine(wrap: (queue, port) => new RecordingQueue(queue, capture, port == 0 ? "left" : "right"));
                engine.Left[0].Inject(new PacketBuilder { TimeToLive = 17, Payload = new byte[33] }.Udp());
                engine.Left[0].Inject(new byte[1501]);
                engine.Engine.Start();
                await engine.Engine.StopAsync();
                Assert.Equal(3, capture.Recorded);
                Assert.Equal(0, capture.Lost);
            }

            ToolResult tshark = Tool.Start("tshark", ["-r", file, .. Fields]).Wait().OrThrow();
            string stamp = $"{(DateTimeOffset.UnixEpoch.AddYears(50) - DateTimeOffset.UnixEpoch).TotalSeconds:F9}";
            string[] lines = tshark.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal($"{stamp}\tleft\t0x00000001\t17\t61", lines[0]);
            Assert.StartsWith($"{stamp}\tleft\t0x00000001\t", lines[1]);
            Assert.Equal($"{stamp}\tright\t0x00000002\t17\t61", lines[2]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_stream_that_cannot_keep_up_loses_records_and_no_packets()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512));
        var capture = new PacketCapture(pipe.Writer);
        int port = capture.AddInterface("slow", LinkLayer.None);
        byte[] packet = new PacketBuilder().Udp();
        const int records = 10000;
        for (int i = 0; i < records; i++)
            capture.Record(port, CaptureDirection.Inbound, packet);
        Assert.True(capture.Lost > 0);
        Assert.Equal(records, capture.Recorded + capture.Lost);
        await pipe.Reader.CompleteAsync();
        await capture.DisposeAsync();
    }
}
