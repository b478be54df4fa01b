using FastTun.Traffic.Udp;

namespace FastTun.Traffic.Tests.Udp;

public class UdpRunWriterTests
{
    [Fact]
    public void A_mix_goes_round_from_where_the_last_run_ended()
    {
        var writer = new UdpRunWriter(Options([64, 552, 1500], segmentation: false));
        Assert.Equal(64 + 552 + 1500 + 64, writer.LengthOf(0, 4));
        Assert.Equal(1500 + 64, writer.LengthOf(5, 2));
        Assert.Equal(3, writer.Write(5, 3, flow: 7, sequence: 11));
        AssertPacket(writer.Batch.Slot(0)[..(1500 - 28)], 7, 11);
        AssertPacket(writer.Batch.Slot(1)[..(64 - 28)], 7, 12);
        AssertPacket(writer.Batch.Slot(2)[..(552 - 28)], 7, 13);
    }

    [Fact]
    public void With_segmentation_a_run_is_one_message()
    {
        var writer = new UdpRunWriter(Options([100], segmentation: true));
        Assert.Equal(1, writer.Write(0, 3, flow: 1, sequence: 5));
        for (int i = 0; i < 3; i++)
            AssertPacket(writer.Batch.Slot(0).Slice(i * 72, 72), 1, 5 + i);
    }

    private static void AssertPacket(ReadOnlySpan<byte> payload, uint flow, long sequence)
    {
        Assert.True(PayloadHeader.TryRead(payload, out PayloadHeader header, out int length));
        Assert.Equal((99u, flow, sequence), (header.Run, header.Flow, header.Sequence));
        Assert.Equal(payload.Length, length);
        Assert.Equal(BytePattern.At(32, payload.Length - 32), payload[32..]);
    }

    private static UdpSenderOptions Options(int[] sizes, bool segmentation) => new()
    {
        Path = "nowhere",
        Run = 99,
        FirstFlow = 0,
        Sizes = sizes,
        HeaderLength = 28,
        Rate = TrafficRate.Max,
        DurationNanoseconds = 1,
        RunLength = 4,
        Segmentation = segmentation,
    };
}
