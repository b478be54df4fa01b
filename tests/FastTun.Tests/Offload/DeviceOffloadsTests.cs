using FastTun.Engine;
using FastTun.Linux.Tun;
using FastTun.Offload;
using FastTun.Queues;
using FastTun.Stages;

namespace FastTun.Tests.Offload;

/// <summary>What all queues of a device share of its refusals.</summary>
public class DeviceOffloadsTests
{
    private const int Tolerated = DeviceOffloads.ToleratedRefusals;

    public static TheoryData<TunOffloads> SuperPackets => OffloadSelfTestTests.SuperPackets;

    [Theory]
    [MemberData(nameof(SuperPackets))]
    public void A_kind_is_switched_off_when_it_has_been_refused_too_often(TunOffloads kind)
    {
        List<TunOffloads> told = [];
        var offloads = new DeviceOffloads(TunOffloads.All) { SwitchedOff = told.Add };
        TunOffloads needed = TunOffloads.Checksum | kind | (kind == TunOffloads.TcpEcn ? TunOffloads.Tcp6 : 0);
        for (int refusal = 1; refusal < Tolerated; refusal++)
            offloads.Refuse(needed);
        Assert.Equal(TunOffloads.All, offloads.Usable);
        Assert.Empty(told);

        offloads.Refuse(needed);
        offloads.Refuse(needed);
        Assert.Equal(TunOffloads.All & ~kind, offloads.Usable);
        Assert.Equal([kind], told);
        Assert.Equal(new Dictionary<TunOffloads, long> { [kind] = Tolerated + 1 }, offloads.Refused);
    }

    [Fact]
    public void Kinds_are_counted_apart()
    {
        var offloads = new DeviceOffloads(TunOffloads.All);
        for (int refusal = 1; refusal < Tolerated; refusal++)
        {
            offloads.Refuse(TunOffloads.Checksum | TunOffloads.Tcp4);
            offloads.Refuse(TunOffloads.Checksum | TunOffloads.Tcp6);
            offloads.Refuse(TunOffloads.Checksum | TunOffloads.Udp4);
            offloads.Refuse(TunOffloads.Checksum | TunOffloads.Udp6);
        }

        Assert.Equal(TunOffloads.All, offloads.Usable);
        Assert.Equal(4, offloads.Refused.Count);
        Assert.All(offloads.Refused.Values, count => Assert.Equal(Tolerated - 1, count));
    }

    [Fact]
    public void Workers_that_are_refused_at_the_same_time_tell_it_once()
    {
        const int workers = 4, refusals = 1000;
        int told = 0;
        var offloads = new DeviceOffloads(TunOffloads.All) { SwitchedOff = _ => Interlocked.Increment(ref told) };
        Thread[] threads = [.. Enumerable.Range(0, workers).Select(_ => new Thread(() =>
        {
            for (int refusal = 0; refusal < refusals; refusal++)
                offloads.Refuse(TunOffloads.Checksum | TunOffloads.Udp6);
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(1, told);
        Assert.Equal(workers * refusals, offloads.Refused[TunOffloads.Udp6]);
    }

    [Fact]
    public void Without_checksums_nothing_unfinished_may_be_written() =>
        Assert.Equal(TunOffloads.None, new DeviceOffloads(TunOffloads.All & ~TunOffloads.Checksum).Usable);

    [Fact]
    public async Task The_engine_tells_it_once_and_says_what_is_left()
    {
        var offloads = new DeviceOffloads(TunOffloads.All);
        using MemoryQueue left = new(), right = new();
        Port port = new Port("right", [right]).With(offloads);
        List<PortChange> changes = [];
        await using var engine = new ForwardingEngine([new Port("left", [left]), port], () => [new CrossConnectStage()]);
        engine.PortChanged += (_, change) => changes.Add(change);
        for (int refusal = 0; refusal < Tolerated + 5; refusal++)
            offloads.Refuse(TunOffloads.Checksum | TunOffloads.Udp4);

        PortChange change = Assert.Single(changes);
        Assert.Equal((1, PortChangeKind.OffloadRefused), (change.Port, change.Kind));
        Assert.Equal(TunOffloads.Udp4, change.Before.Offloads & ~change.After.Offloads);
        Assert.Equal(TunOffloads.All & ~TunOffloads.Udp4, engine.Ports[1].Offloads);
        EngineSnapshot snapshot = engine.Snapshot();
        Assert.Equal(Tolerated + 5, snapshot.Ports[1].RefusedOffloads[TunOffloads.Udp4]);
        Assert.Empty(snapshot.Ports[0].RefusedOffloads);
        Assert.Equal(1, snapshot.PortEvents);
    }
}
