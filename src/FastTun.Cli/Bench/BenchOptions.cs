using System.CommandLine;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Cli.Forwarding;
using FastTun.Cli.Reports;
using FastTun.Engine;
using FastTun.Queues;
using FastTun.Traffic;

namespace FastTun.Cli.Bench;

/// <summary>What <c>fasttun bench</c> is told.</summary>
internal sealed class BenchOptions
{
    private readonly Option<TimeSpan?> _duration = Parsed.Option<TimeSpan?>(
        "--duration", "TIME", "How long to send, such as 300ms or 2m; default 5s", text => DurationText.Parse(text));

    private readonly Option<PacketSizes> _size = Defaulted(
        Parsed.Option(
            "--size", "N|imix", "Bytes of a UDP packet, IP header and all, 60 to 65535, or a mix", PacketSizes.Parse),
        PacketSizes.Fixed(64));

    private readonly Option<TrafficProtocol?> _protocol = Parsed.Option<TrafficProtocol?>(
        "--protocol", "udp|tcp", "Only this; else UDP and then TCP", text => DeviceValue.Choice<TrafficProtocol>(text));

    private readonly Option<int> _flows = Defaulted(
        Parsed.Option("--flows", "N", "UDP flows, or TCP connections", text => Count(text, 65536)), 16);

    private readonly Option<int> _queues = Defaulted(
        Parsed.Option("--queues", "N", "Queues of each device, and workers", text => Count(text, 256)), 1);

    private readonly Option<QueueIo> _io = RunOptions.IoOption();

    private readonly Option<bool> _noOffload = RunOptions.OffloadOption();

    private readonly Option<bool> _noSteering = RunOptions.SteeringOption();

    private readonly Option<TrafficRate> _rate = Parsed.Option(
        "--rate", "max|100kpps|2gbps", "How fast to send UDP packets, all flows together", TrafficRate.Parse);

    private readonly Option<TimeSpan> _spin = RunOptions.SpinOption();

    private readonly Option<OutputFile> _json = OutputFile.JsonOption("Write the results");

    public IEnumerable<Option> All =>
        [_duration, _size, _protocol, _flows, _queues, _io, _noOffload, _noSteering, _rate, _spin, _json];

    public OutputFile? Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>What forwards.</summary>
    public PrivateForwarderOptions Forwarder(ParseResult parsed) => new()
    {
        Queues = parsed.GetValue(_queues),
        Offload = !parsed.GetValue(_noOffload),
        Io = parsed.GetValue(_io),
        Engine = new EngineOptions
        {
            Steering = !parsed.GetValue(_noSteering),
            Spin = parsed.GetValue(_spin),
        },
    };

    /// <summary>The trials to run, one after the other.</summary>
    public IReadOnlyList<TrialOptions> Trials(ParseResult parsed)
    {
        TrafficProtocol[] protocols =
            parsed.GetValue(_protocol) is { } only ? [only] : [TrafficProtocol.Udp, TrafficProtocol.Tcp];
        return [.. protocols.Select(protocol => new TrialOptions
        {
            Protocol = protocol,
            Duration = parsed.GetValue(_duration) ?? TimeSpan.FromSeconds(5),
            Sizes = parsed.GetRequiredValue(_size),
            Flows = parsed.GetValue(_flows),
            Rate = protocol == TrafficProtocol.Udp ? parsed.GetValue(_rate) : TrafficRate.Max,
        })];
    }

    private static int Count(string text, int most) => DeviceValue.Number(text) is var count && count >= 1 && count <= most
        ? count
        : throw new FormatException($"'{text}': it is 1 to {most}");

    private static Option<T> Defaulted<T>(Option<T> option, T value)
    {
        option.DefaultValueFactory = _ => value;
        return option;
    }
}
