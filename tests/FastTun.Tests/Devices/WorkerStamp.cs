using System.Collections.Concurrent;
using FastTun.Batching;
using FastTun.Stages;

namespace FastTun.Tests.Devices;

/// <summary>Notes which worker each UDP flow meets, by the sum of its ports: the same for both directions.</summary>
internal sealed class WorkerStamp
{
    private int _workers;

    public ConcurrentDictionary<(int Flow, int Worker), int> Seen { get; } = [];

    public int Workers => Seen.Keys.Select(key => key.Worker).Distinct().Count();

    public IEnumerable<int> WorkersOf(int flow) => Seen.Keys.Where(key => key.Flow == flow).Select(key => key.Worker);

    /// <summary>The stage of the next worker.</summary>
    public IPacketStage Next() => new Stage(this, _workers++);

    private sealed class Stage(WorkerStamp stamp, int worker) : IPacketStage
    {
        public void Process(PacketBatch batch)
        {
            foreach (Packet packet in batch)
            {
                ReadOnlySpan<byte> bytes = packet.Network;
                if (bytes[0] == 0x45 && bytes[9] == 17)
                    stamp.Seen.AddOrUpdate((Port(bytes, 20) + Port(bytes, 22), worker), 1, (_, count) => count + 1);
            }
        }

        private static int Port(ReadOnlySpan<byte> packet, int offset) => packet[offset] << 8 | packet[offset + 1];
    }
}
