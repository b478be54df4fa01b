using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FastTun.TestKit;

namespace FastTun.Tests.Engine;

public class EngineMeterTests
{
    [Fact]
    public async Task Counters_are_instruments_by_port_and_reason()
    {
        await using var engine = new MemoryEngine();
        engine.Engine.Start();
        engine.Left[0].Inject([1, 2, 3]);
        engine.Left[0].Inject(new byte[1600]);
        Eventually.Holds(() => engine.Engine.Snapshot().Total.PacketsReceived == 2);

        var seen = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "FastTun")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string labels = string.Join(",", tags.ToArray().Select(tag => tag.Value));
            seen.AddOrUpdate($"{instrument.Name}[{labels}]", value, (_, before) => before + value);
        });
        listener.Start();
        listener.RecordObservableInstruments();

        // Engines of other tests may run at the same time: what this one did is the least there must be.
        Assert.True(seen["fasttun.packets.received[left]"] >= 2);
        Assert.True(seen["fasttun.packets.transmitted[right]"] >= 1);
        Assert.True(seen["fasttun.bytes.received[left]"] >= 1603);
        Assert.True(seen["fasttun.packets.dropped[left,ExceedsMtu]"] >= 1);
        Assert.Contains("fasttun.port.events[]", seen.Keys);
    }
}
