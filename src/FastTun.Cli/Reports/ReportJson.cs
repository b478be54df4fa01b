using System.Text.Json.Serialization;
using FastTun.Cli.Bench;

namespace FastTun.Cli.Reports;

/// <summary>How results become JSON: keys in snake case with their units, indented for reading.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(StatisticsReport))]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(ProbeReport))]
[JsonSerializable(typeof(DeviceReport))]
[JsonSerializable(typeof(DeviceReport[]))]
internal sealed partial class ReportJson : JsonSerializerContext;
