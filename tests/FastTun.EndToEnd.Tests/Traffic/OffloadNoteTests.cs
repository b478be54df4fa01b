using FastTun.Batching;
using FastTun.Cli.Forwarding;
using FastTun.Engine;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.EndToEnd.Tests.Traffic;

/// <summary>What the command says of offloads that cannot be tried, do not work, or stop working.</summary>
public sealed class OffloadNoteTests : IDisposable
{
    // A filter (seccomp(2)) that lets write(2) of more than 30,000 bytes fail with EINVAL, and then the command.
    private const string RefuseLongWrites = """
        import ctypes, os, platform, struct, sys
        number = 64 if platform.machine() == "aarch64" else 1
        program = [(0x20, 0, 0, 0), (0x15, 0, 3, number), (0x20, 0, 0, 32), (0x25, 0, 1, 30000),
                   (0x06, 0, 0, 0x00050000 | 22), (0x06, 0, 0, 0x7fff0000)]
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
        head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.c_void_p(ctypes.addressof(head)), 0, 0):
            sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
        os.execvp(sys.argv[1], sys.argv[1:])
        """;

    private static readonly string[] WithoutNamespaces =
        ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"];

    private readonly PrivateNetwork _host = QuietHosts.CreateHost();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Where_nothing_can_be_tried_it_says_why_and_believes_the_kernel() => Assert.Equal(
        "offloads are used as the kernel offers them: not tried: unshare CLONE_NEWNET: EPERM: "
            + "to make a network namespace needs CAP_SYS_ADMIN; run as root, or inside 'unshare -Urn'\n",
        ReflectBehind("", WithoutNamespaces));

    [Fact]
    public void Without_offloads_there_is_nothing_to_say() =>
        Assert.Equal("", ReflectBehind(",offload=false", WithoutNamespaces));

    [Fact]
    public void What_the_kernel_refuses_from_the_start_is_named_with_the_reason()
    {
        string said = ReflectBehind("", "python3", "-c", RefuseLongWrites);
        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.Equal(
            "super-packets of TCP over IPv4 are finished in software: "
                + "EINVAL: the kernel refuses 59552 bytes that make 60 packets",
            lines[0]);
        Assert.All(lines, line => Assert.Matches("^super-packets of (TCP|UDP) .* finished in software: EINVAL", line));
    }

    [Fact]
    public void What_the_kernel_comes_to_refuse_is_one_line()
    {
        var before = new PortState("tb", 1500, true, LinkLayer.None) { Offloads = TunOffloads.All };
        PortState after = before with { Offloads = TunOffloads.All & ~TunOffloads.Tcp4 };
        Assert.Equal(
            "tb: the kernel refused 16 super-packets of TCP over IPv4; they are cut in software from now on",
            PortEventLine.Describe(new PortChange(1, PortChangeKind.OffloadRefused, before, after)));
    }

    /// <summary>Reflects pings behind a program that changes what may be done.</summary>
    /// <returns>What was said on stderr.</returns>
    private string ReflectBehind(string keys, params string[] prefix)
    {
        string port = $"tun0,address=198.18.0.1 peer 198.18.0.2{keys}";
        using Tool tool = _host.Start(prefix[0], [.. prefix[1..], "dotnet", "exec", Command.Program, "reflect", port]);
        tool.WaitForText("ready\n");
        QuietHosts.Ping(_host, 3, "198.18.0.2");
        Tool.Start("kill", "-TERM", $"{tool.Id}").Wait().OrThrow();
        ToolResult result = tool.Wait();
        Assert.Equal(0, result.ExitCode);
        return result.Errors;
    }
}
