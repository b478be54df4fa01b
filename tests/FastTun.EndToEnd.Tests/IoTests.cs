using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

/// <summary>io_uring where it can be had, and where a filter forbids it.</summary>
public sealed class IoTests : IDisposable
{
    private const uint IoUringSetup = 425; // on every architecture
    private const int Forbidden = 1;

    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public static TheoryData<string[]> Forced => new()
    {
        { ["forward", "ta", "tb,io=io_uring"] },
        { ["reflect", "ta", "--io", "io_uring"] },
        { ["bench", "--io", "io_uring"] },
    };

    public void Dispose() => _host.Dispose();

    [Theory]
    [MemberData(nameof(Forced))]
    public void Where_it_is_forbidden_the_command_says_so_and_leaves_nothing(string[] arguments)
    {
        ToolResult? result = null;
        Seccomp.Run(IoUringSetup, Forbidden, () => result = Command.Run(_host, arguments));
        Assert.Equal((3, ""), (result!.ExitCode, result.Output));
        Assert.StartsWith("fasttun: io_uring_setup: EPERM", result.Errors);
        Assert.Contains("use epoll", result.Errors);
        Assert.Equal(["lo"], _host.Routes.GetLinks().Select(link => link.Name));
    }

    [Fact]
    public void It_carries_a_benchmark() =>
        Command.Run(_host, "bench", "--io", "io_uring", "--duration", "300ms", "--flows", "100").OrThrow();
}
