using System.Text.RegularExpressions;
using FastTun.Batching;
using FastTun.Linux.Netlink;
using FastTun.Packets;
using FastTun.TestKit;
using FastTun.TestKit.Packets;
using FastTun.Tests.Stages;

namespace FastTun.Tests.Readme;

/// <summary>What the README shows is what compiles and runs here.</summary>
public partial class ReadmeTests
{
    [Theory]
    [InlineData("embedding")]
    [InlineData("stage")]
    public void The_examples_are_the_ones_that_are_compiled(string region)
    {
        string source = File.ReadAllText(Path.Combine(Repository(), "tests/FastTun.Tests/Readme/Examples.cs"));
        string readme = File.ReadAllText(Path.Combine(Repository(), "README.md"));
        string code = Regex.Match(source, $@"#region {region}\r?\n(.*?)\n\s*#endregion", RegexOptions.Singleline).Groups[1].Value;
        Assert.NotEmpty(code);
        Assert.Contains(Squeeze(code), Squeeze(readme));
    }

    [Fact]
    public async Task The_first_example_forwards()
    {
        using PrivateNetwork host = PrivateNetwork.Create();
        using var cancel = new CancellationTokenSource();
        Task? run = null;
        Thread thread = host.Namespace.StartThread("readme", () => run = Examples.ForwardAsync(cancel.Token));
        thread.Join();
        Eventually.Holds(() => host.Routes.TryGetLink("right", out LinkInfo? link) && link.IsUp);
        Assert.Equal(2, host.Routes.GetLinks().Count(link => link.Name is "left" or "right"));
        await cancel.CancelAsync();
        await run!;
        Assert.False(host.Routes.TryGetLink("left", out _));
    }

    [Fact]
    public void The_stage_drops_telnet_and_nothing_else()
    {
        Assert.Equal(DropReason.Policy, StageRun.Of(new NoTelnetStage(), new PacketBuilder { DestinationPort = 23 }.Tcp(TcpFlags.Syn)).Drop);
        Assert.Equal(DropReason.None, StageRun.Of(new NoTelnetStage(), new PacketBuilder { DestinationPort = 22 }.Tcp()).Drop);
        Assert.Equal(DropReason.None, StageRun.Of(new NoTelnetStage(), new PacketBuilder { DestinationPort = 23 }.Udp()).Drop);
    }

    private static string Squeeze(string text) => WhiteSpace().Replace(text, " ").Trim();

    // Where the compiler saw the sources is not told in a deterministic build; the tests lie below the repository.
    private static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FastTun.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"no FastTun.sln above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
