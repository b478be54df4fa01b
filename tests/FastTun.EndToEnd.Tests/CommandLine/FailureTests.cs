using FastTun.Cli.CommandLine;
using FastTun.Linux;

namespace FastTun.EndToEnd.Tests.CommandLine;

public class FailureTests
{
    [Theory]
    [InlineData("TUNSETIFF", "tun0", Errno.EPERM, ExitCode.Lacking)]
    [InlineData("open", "/dev/net/tun", Errno.EACCES, ExitCode.Lacking)]
    [InlineData("open", "/dev/net/tun", Errno.ENOENT, ExitCode.Lacking)]
    [InlineData("bpf", null, Errno.ENOSYS, ExitCode.Lacking)]
    [InlineData("open", "network namespace A", Errno.ENOENT, ExitCode.Usage)]
    [InlineData("TUNSETIFF", "tun0", Errno.EBUSY, ExitCode.Usage)]
    [InlineData("RTM_SETLINK", "tun0", Errno.EINVAL, ExitCode.Usage)]
    public void What_the_kernel_refuses_is_the_machines_or_the_users_fault(
        string operation, string? subject, Errno error, object expected)
    {
        (ExitCode code, string line) = Failure.Explain(new LinuxException(operation, subject, error));
        Assert.Equal(expected, code);
        Assert.StartsWith(operation, line);
    }

    [Fact]
    public void What_nobody_expected_is_a_failure_that_says_where_to_look()
    {
        (ExitCode code, string line) = Failure.Explain(new NotSupportedException("so it is"));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal("NotSupportedException: so it is (FASTTUN_TRACE=1 says where)", line);
    }

    [Fact]
    public void An_argument_that_code_complains_of_is_the_users_without_its_parameter()
    {
        CommandException refused = Assert.Throws<CommandException>(
            () => CommandException.Checked<int>(() => throw new ArgumentException("mtu 1: it is more", "options")));
        Assert.Equal((ExitCode.Usage, "mtu 1: it is more"), (refused.ExitCode, refused.Message));
    }
}
