using FastTun.Batching;
using FastTun.Stages;

namespace FastTun.Tests.Stages;

/// <summary>What became of one packet that passed one stage alone.</summary>
internal sealed record StageRun(byte[] Bytes, DropReason Drop, int OutputPort)
{
    private static readonly PortTable Tuns =
        new([new PortState("a", 1500, true, LinkLayer.None), new PortState("b", 1500, true, LinkLayer.None)]);

    private static readonly PortTable Taps =
        new([new PortState("a", 1500, true, LinkLayer.Ethernet), new PortState("b", 1500, true, LinkLayer.Ethernet)]);

    public static StageRun Of(IPacketStage stage, byte[] packet, int inputPort = 0) => Of(stage, packet, inputPort, Tuns);

    public static StageRun OfFrame(IPacketStage stage, byte[] frame, int inputPort = 0) => Of(stage, frame, inputPort, Taps);

    private static StageRun Of(IPacketStage stage, byte[] packet, int inputPort, PortTable ports)
    {
        var batch = new PacketBatch(ports);
        batch.Clear(inputPort);
        Assert.True(batch.TryReserve(out Span<byte> room));
        packet.CopyTo(room);
        batch.Add(packet.Length);
        if (ports[inputPort].LinkLayer == LinkLayer.Ethernet)
            EthernetFraming.LocateNetworkHeaders(batch);
        stage.Process(batch);
        ref PacketDescriptor descriptor = ref batch.Descriptors[0];
        int output = descriptor.OutputPort == PacketDescriptor.None ? -1 : descriptor.OutputPort;
        return new StageRun(batch.Memory.AsSpan(descriptor.Offset, descriptor.Length).ToArray(), descriptor.Drop, output);
    }
}
