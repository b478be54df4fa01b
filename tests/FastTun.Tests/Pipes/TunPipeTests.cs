using System.Buffers;
using System.IO.Pipelines;
using FastTun.Linux;
using FastTun.Linux.Tun;
using FastTun.Pipes;
using FastTun.TestKit;
using FastTun.TestKit.Packets;

namespace FastTun.Tests.Pipes;

public class TunPipeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hosts_are_joined_by_copying_one_pipe_to_the_other()
    {
        using PrivateNetwork left = PrivateNetwork.Create(), right = PrivateNetwork.Create();
        using TunDevice a = Devices.Router.Open(left, "ta", "198.18.0.1 peer 198.19.0.1", 1, 1500);
        using TunDevice b = Devices.Router.Open(right, "tb", "198.19.0.1 peer 198.18.0.1", 1, 1500);
        var pipeA = new TunPipe(a.Queues[0]);
        var pipeB = new TunPipe(b.Queues[0]);
        Task there = pipeA.Input.CopyToAsync(pipeB.Output, Token);
        Task back = pipeB.Input.CopyToAsync(pipeA.Output, Token);
        ToolResult ping = left.Run("ping", "-c", "20", "-l", "20", "-i", "10", "-s", "1400", "-W", "5", "198.19.0.1");
        Assert.Contains("20 received", ping.Output);
        Assert.Equal(0, pipeA.Refused);
        await pipeA.DisposeAsync();
        await pipeB.DisposeAsync();
        await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task Packets_cut_into_single_bytes_arrive_whole_and_refused_ones_are_counted()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using TunDevice device = Devices.Router.Open(host, "ta", "198.18.0.1 peer 198.18.0.2", 1, 1500);
        await using var pipe = new TunPipe(device.Queues[0]);
        byte[] ping = new PacketBuilder { Source = "198.18.0.2", Destination = "198.18.0.1", Payload = new byte[40] }.Echo(3, 4);
        byte[] garbage = [0x05, 0x00, 0x00];
        foreach (byte each in (byte[])[0, (byte)garbage.Length, .. garbage, 0, (byte)ping.Length, .. ping])
            await pipe.Output.WriteAsync(new[] { each }, Token);

        // The host also has something to say of its own (IPv6 router solicitations).
        byte[] answer;
        do
            answer = await ReadFrameAsync(pipe.Input);
        while (answer[0] >> 4 == 6);
        byte[] reply = new PacketBuilder { Source = "198.18.0.1", Destination = "198.18.0.2", Payload = new byte[40] }.Echo(3, 4, reply: true);
        Assert.Equal(reply[20..], answer[20..]);
        Assert.Equal(1, pipe.Refused);
    }

    [Fact]
    public async Task The_input_fails_when_the_device_is_deleted()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using TunDevice device = Devices.Router.Open(host, "ta", "198.18.0.1 peer 198.18.0.2", 1, 1500);
        await using var pipe = new TunPipe(device.Queues[0]);
        host.Run("ip", "link", "delete", "ta").OrThrow();
        var error = await Assert.ThrowsAsync<LinuxException>(async () => await pipe.Input.ReadAsync(Token));
        Assert.Equal(Errno.EBADFD, error.Error);
    }

    [Fact]
    public async Task A_writer_that_failed_does_not_keep_the_pipe_reading()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using TunDevice device = Devices.Router.Open(host, "ta", "198.18.0.1 peer 198.18.0.2", 1, 1500);
        var pipe = new TunPipe(device.Queues[0]);
        await pipe.Output.CompleteAsync(new IOException("the far side is gone"));
        await pipe.DisposeAsync();
        await pipe.DisposeAsync();

        // Nobody else takes packets from the queue any more: one that is sent now is there to be read.
        host.Run("ping", "-c", "1", "-W", "1", "198.18.0.2");
        byte[] packet = new byte[1500];
        while (device.Read(packet, TimeSpan.FromSeconds(60), Token) is var length && packet[0] >> 4 == 6)
            Assert.NotEqual(0, length);
        Assert.Equal(4, packet[0] >> 4);
    }

    private static async Task<byte[]> ReadFrameAsync(PipeReader input)
    {
        ReadResult prefix = await input.ReadAtLeastAsync(2, Token);
        byte[] length = prefix.Buffer.Slice(0, 2).ToArray();
        input.AdvanceTo(prefix.Buffer.GetPosition(2));
        int count = length[0] << 8 | length[1];
        ReadResult body = await input.ReadAtLeastAsync(count, Token);
        byte[] packet = body.Buffer.Slice(0, count).ToArray();
        input.AdvanceTo(body.Buffer.GetPosition(count));
        return packet;
    }
}
