using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;

namespace FastTun.Packets.Tests;

/// <summary>
/// The whole suite again on lesser machines: this very program as a child, with instruction sets switched off. A switch
/// has to be set before the runtime starts, so no test can turn one in its own process.
/// </summary>
public class InstructionSetTests
{
    private const string Trait = "Runs", ChildTrait = "TheSuiteAgain";

    [Fact]
    public void WhatTheEnvironmentSwitchesOffIsOff()
    {
        bool none = IsOff("DOTNET_EnableHWIntrinsic");
        bool noAvx2 = none || IsOff("DOTNET_EnableAVX2");
        bool noAvx512 = noAvx2 || IsOff("DOTNET_EnableAVX512");
        Assert.Equal(!none, Vector128.IsHardwareAccelerated);
        if (noAvx2)
            Assert.False(Vector256.IsHardwareAccelerated);
        if (noAvx512)
            Assert.False(Vector512.IsHardwareAccelerated);
    }

    [Theory]
    [Trait(Trait, ChildTrait)]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task TheSuitePassesWithout(string instructionSet)
    {
        string output = await RunSuiteWithout(instructionSet, TestContext.Current.CancellationToken);

        Assert.Matches($@"passed .*{nameof(WhatTheEnvironmentSwitchesOffIsOff)}", output);
        Assert.Equal(0, Count(output, "failed"));
        Assert.Equal(0, Count(output, "skipped"));
        Assert.InRange(Count(output, "succeeded"), 20, int.MaxValue);
    }

    private static async Task<string> RunSuiteWithout(string instructionSet, CancellationToken cancellation)
    {
        // Under `dotnet X.dll` the process is dotnet, and the program its first argument.
        string program = Environment.ProcessPath!;
        string[] prefix = Path.GetFileName(program) == "dotnet" ? [typeof(InstructionSetTests).Assembly.Location] : [];
        string[] arguments = ["--filter-not-trait", $"{Trait}={ChildTrait}", "--output", "Detailed", "--no-ansi"];
        var start = new ProcessStartInfo(program, [.. prefix, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[instructionSet] = "0";

        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> errors = child.StandardError.ReadToEndAsync(cancellation);
        await child.WaitForExitAsync(cancellation);
        string text = await output + await errors;
        Assert.True(child.ExitCode == 0, text);
        return text;
    }

    private static int Count(string output, string what)
    {
        Match match = Regex.Match(output, $@"^\s*{what}: (\d+)", RegexOptions.Multiline);
        Assert.True(match.Success, output);
        return int.Parse(match.Groups[1].Value);
    }

    private static bool IsOff(string instructionSet) => Environment.GetEnvironmentVariable(instructionSet) == "0";
}
