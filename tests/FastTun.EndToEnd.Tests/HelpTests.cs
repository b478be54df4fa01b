using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

public sealed class HelpTests : IDisposable
{
    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public static TheoryData<string> Commands => new(
        "forward", "reflect", "device add", "device set", "device show", "device list", "device delete", "probe",
        "bench", "completion");

    public void Dispose() => _host.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_explains_itself_with_an_example(string command)
    {
        ToolResult result = Command.Run(_host, [.. command.Split(' '), "--help"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        string examples = result.Output[result.Output.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.Contains($"fasttun {command}", examples);
    }

    [Fact]
    public void Help_says_values_as_they_are_written()
    {
        string bench = Command.Run(_host, "bench", "--help").OrThrow().Output;
        Assert.Contains("default 5s", bench);
        Assert.DoesNotContain("00:00", bench);
        Assert.Contains("needs root, or a user who may open /dev/net/tun", bench);
        Assert.DoesNotContain("worker", Command.Run(_host, "device", "set", "--help").OrThrow().Output);
    }

    [Fact]
    public void A_closed_standard_output_is_named()
    {
        ToolResult result = Command.RunBehind(_host, ["bash", "-c", "exec \"$@\" >&-", "bash"], "probe");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("fasttun: standard output: it is closed, or not open for writing\n", result.Errors);
    }

    [Fact]
    public void Version_is_printed() =>
        Assert.Matches(@"^\d+\.\d+\.\d+", Command.Run(_host, "--version").OrThrow().Output);

    [Fact]
    public void Bash_completes_what_the_program_suggests()
    {
        string script = Command.Run(_host, "completion", "bash").OrThrow().Output;
        string program = $"fasttun() {{ dotnet exec '{Command.Program}' \"$@\"; }}\n";
        const string line = """
            COMP_WORDS=(fasttun device s) COMP_CWORD=2 COMP_LINE='fasttun device s' COMP_POINT=16
            _fasttun
            echo "${COMPREPLY[@]}"
            """;
        Assert.Equal("set show\n", _host.Run("bash", "-c", program + script + line).OrThrow().Output);
    }
}
