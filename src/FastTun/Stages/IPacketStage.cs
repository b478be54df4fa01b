using FastTun.Batching;
using FastTun.Linux.Bpf;

namespace FastTun.Stages;

/// <summary>
/// One step of a packet's way. A stage sees a whole batch at a time, rewrites packets in place, and for each may choose an
/// output port or drop it. An instance belongs to one worker: it may keep state of its own, without locks.
/// </summary>
public interface IPacketStage
{
    /// <summary>
    /// Works on every packet of the batch that is still on its way: <c>foreach (Packet packet in batch)</c>. Called on the
    /// worker's thread; it must neither block nor allocate. An exception stops the engine.
    /// </summary>
    /// <param name="batch">The batch; not to be kept after the call.</param>
    void Process(PacketBatch batch);

    /// <summary>
    /// Which parts of a packet this stage may change on its way. Both directions of a flow meet the same worker only where
    /// they can be told by what no stage changes. Asked once, before anything moves.
    /// </summary>
    /// <param name="inputPort">Where the packet came in.</param>
    /// <returns>None, unless a stage says otherwise. Sending a packet back the way it came is no translation.</returns>
    FlowParts TranslatedParts(int inputPort) => FlowParts.None;
}
