using System.Diagnostics.Metrics;

namespace FastTun.Engine;

/// <summary>
/// An engine's counters as instruments of the meter <c>FastTun</c>, for OpenTelemetry, dotnet-counters and the like. They are
/// read when somebody listens, and cost nothing otherwise.
/// </summary>
internal sealed class EngineMeter : IDisposable
{
    public const string Name = "FastTun";

    private readonly Meter _meter = new(Name);

    public EngineMeter(ForwardingEngine engine)
    {
        Observe("fasttun.packets.received", "{packet}", "Packets taken in", traffic => traffic.PacketsReceived);
        Observe("fasttun.packets.transmitted", "{packet}", "Packets handed on", traffic => traffic.PacketsTransmitted);
        Observe("fasttun.bytes.received", "By", "Bytes taken in", traffic => traffic.BytesReceived);
        Observe("fasttun.bytes.transmitted", "By", "Bytes handed on", traffic => traffic.BytesTransmitted);
        _meter.CreateObservableCounter("fasttun.packets.dropped", () => Drops(engine), "{packet}", "Packets that went no further");
        _meter.CreateObservableCounter("fasttun.port.events", () => engine.Snapshot().PortEvents, "{event}", "Changes of ports' devices");

        void Observe(string name, string unit, string description, Func<TrafficCounters, long> value) =>
            _meter.CreateObservableCounter(
                name,
                () => engine.Snapshot().Ports.Select(port => new Measurement<long>(value(port.Traffic), PortTag(port))),
                unit,
                description);
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Drops(ForwardingEngine engine) =>
        from port in engine.Snapshot().Ports
        from drop in port.Traffic.Drops
        select new Measurement<long>(drop.Value, PortTag(port), new KeyValuePair<string, object?>("reason", drop.Key.ToString()));

    private static KeyValuePair<string, object?> PortTag(PortSnapshot port) => new("port", port.Name);
}
