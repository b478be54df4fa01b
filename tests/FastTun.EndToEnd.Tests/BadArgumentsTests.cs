using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests;

/// <summary>What cannot be is refused in one line that names it, with exit code 2, and nothing was touched.</summary>
public sealed class BadArgumentsTests : IDisposable
{
    private readonly PrivateNetwork _host = PrivateNetwork.Create();

    public static TheoryData<string[], string> Wrong => new()
    {
        { [], "a command is missing: the commands are forward" },
        { ["fly"], "'fly': the commands are forward" },
        { ["forward"], "PORT is missing" },
        { ["forward", "ta"], "OTHER-PORT is missing" },
        { ["forward", "ta", "tb", "tc"], "'tc'" },
        { ["forward", "ta", "tb", "--fast"], "'--fast'" },
        { ["forward", "ta", "ta"], "ta is there twice" },
        { ["forward", "ta,queues=2", "tb"], "ta has queues=2 but tb has queues=1" },
        { ["forward", "ta,queues=257", "tb,queues=257"], "ta: 257 queues" },
        { ["forward", "ta", "tb,mtu=67"], "tb: MTU 67" },
        { ["forward", "ta", "tb,colour=red"], "'colour'" },
        { ["forward", "ta", "tb,mtu"], "mtu=N" },
        { ["forward", "ta", "tb,mtu=many"], "'many'" },
        { ["forward", "ta", "tb,mtu=1400,mtu=1400"], "mtu is given twice" },
        { ["forward", "ta", "tb,up,down"], "up and down" },
        { ["forward", "ta", "tb,up=perhaps"], "'perhaps'" },
        { ["forward", "ta", "tb,mode=tunnel"], "'tunnel'" },
        { ["forward", "ta", "tb,offload=perhaps"], "offload 'perhaps'" },
        { ["forward", "ta", "tb,io=fast"], "io 'fast'" },
        { ["forward", "ta", "a-name-that-is-too-long"], "a-name-that-is-too-long" },
        { ["forward", "ta", "a/b"], "a/b" },
        { ["forward", "ta", "tb@"], "'tb@'" },
        { ["forward", "ta", "tb@no-such-namespace"], "no-such-namespace" },
        { ["forward", "ta", "tb@pid:x"], "pid:x" },
        { ["forward", "ta", "tb@/etc/passwd"], "/etc/passwd" },
        { ["forward", "ta", "tb,address=224.0.0.1"], "224.0.0.1" },
        { ["forward", "ta", "tb,address=198.18.0.1/24,address=198.18.0.1/24"], "tb: address 198.18.0.1/24 is wanted twice" },
        { ["forward", "ta", "tb,destination=198.18.0.2"], "destination" },
        { ["forward", "ta", "tb,address=198.18.0.1,netmask=255.0.255.0"], "255.0.255.0" },
        { ["forward", "ta", "tb,mac=02:00:00:00:00:01"], "tb: hardware address" },
        { ["forward", "ta", "tb,mode=tap,mac=02-00"], "'02-00'" },
        { ["forward", "ta", "tb,route=198.18.0.1/24"], "198.18.0.1/24" },
        { ["forward", "ta", "tb,route=198.18.0.0/24,down"], "198.18.0.0/24" },
        { ["forward", "ta", "tb,owner=nobody-of-that-name"], "'nobody-of-that-name'" },
        { ["forward", "ta", "tb", "--cpus", "1000"], "'1000'" },
        { ["forward", "ta", "tb", "--cpus", "two"], "'two'" },
        { ["forward", "ta", "tb", "--spin", "2s"], "--spin: '2s'" },
        { ["reflect", "ta", "--spin", "50"], "--spin: '50'" },
        { ["forward", "ta", "tb", "--json"], "--json" },
        { ["forward", "ta", "tb", "--json", "/no/such/directory/file"], "/no/such/directory/file" },
        { ["forward", "ta", "tb", "--record", "-"], "--record" },
        { ["forward", "ta", "tb", "--rewrite", "source 198.18.0.1"], "'source 198.18.0.1'" },
        { ["forward", "ta", "tb", "--rewrite", "source 198.18.0.0/24 to 198.19.0.0/25"], "198.19.0.0/25" },
        { ["forward", "ta", "tb", "--rewrite", "source 198.18.0.1 to 198.19.0.1 at tc"], "tc" },
        { ["forward", "ta", "lo"], "lo is no TUN or TAP device" },
        { ["reflect", "ta", "tb"], "'tb'" },
        { ["device"], "a command is missing: the commands are add" },
        { ["device", "add"], "NAME[@NETNS] is missing" },
        { ["device", "add", "tun%x"], "tun%x" },
        { ["device", "add", "tun0", "--mtu", "1"], "tun0: MTU 1" },
        { ["device", "set", "tun0", "--up"], "tun0" },
        { ["device", "set", "lo", "--up"], "lo" },
        { ["device", "show", "lo"], "lo" },
        { ["device", "delete", "lo"], "lo" },
        { ["device", "list", "tun0"], "'tun0'" },
        { ["bench", "--duration", "5"], "'5'" },
        { ["bench", "--size", "59"], "'59'" },
        { ["bench", "--protocol", "sctp"], "'sctp'" },
        { ["bench", "--flows", "0"], "'0'" },
        { ["bench", "--queues", "257"], "'257'" },
        { ["bench", "--rate", "fast"], "'fast'" },
        { ["bench", "--io", "fast"], "--io: 'fast'" },
        { ["probe", "everything"], "'everything'" },
        { ["completion", "tcsh"], "SHELL: 'tcsh': it is bash, zsh or fish" },
    };

    public void Dispose() => _host.Dispose();

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Is_refused_by_name(string[] arguments, string culprit)
    {
        ToolResult result = Command.Run(_host, arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("fasttun: ", result.Errors);
        Assert.Contains(culprit, result.Errors);
        Assert.DoesNotContain('\t', result.Errors);
        Assert.Equal(result.Errors.Length - 1, result.Errors.IndexOf('\n'));
        Assert.Equal(["lo"], _host.Routes.GetLinks().Select(link => link.Name));
    }
}
