using FastTun.Batching;
using FastTun.Offload;
using FastTun.Stages;

namespace FastTun.Tests.Stages;

/// <summary>What became of one packet that passed one stage alone.</summary>
internal sealed record StageRun(byte[] Bytes, DropReason Drop, int OutputPort)
{
    private static readonly PortTable Tuns =
        new([new PortState("a", 1500, true, LinkLayer.None), new PortState("b", 1500, true, LinkLayer.None)]);

    private static readonly PortTable Taps =
        new([new PortState("a", 1500, true, LinkLayer.Ethernet), new PortState("b", 1500, true, LinkLayer.Ethernet)]);

    public static StageRun Of(IPacketStage stage, byte[] packet, int inputPort = 0, PacketOffload offload = default) =>
        Of(stage, packet, inputPort, Tuns, offload);

    public static StageRun OfFrame(IPacketStage stage, byte[] frame, int inputPort = 0) =>
        Of(stage, frame, inputPort, Taps, offload: default);

    private static StageRun Of(IPacketStage stage, byte[] packet, int inputPort, PortTable ports, PacketOffload offload)
    {
        var batch = new PacketBatch(ports);
        batch.Clear(inputPort);
        Assert.True(batch.TryReserve(out Span<byte> room));
        packet.CopyTo(room);
        batch.Add(packet.Length);
        batch.Descriptors[0].Offload = offload;
        if (ports[inputPort].LinkLayer == LinkLayer.Ethernet)
            EthernetFraming.LocateNetworkHeaders(batch);
        stage.Process(batch);
        ref PacketDescriptor descriptor = ref batch.Descriptors[0];
        int output = descriptor.OutputPort == PacketDescriptor.None ? -1 : descriptor.OutputPort;
        return new StageRun(batch.Memory.AsSpan(descriptor.Offset, descriptor.Length).ToArray(), descriptor.Drop, output);
    }
}
