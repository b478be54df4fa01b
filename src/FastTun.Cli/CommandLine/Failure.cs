using FastTun.Linux;
using FastTun.Linux.Tun;

namespace FastTun.Cli.CommandLine;

/// <summary>From an exception to an exit code and one line on stderr. FASTTUN_TRACE=1 adds where it came from.</summary>
internal static class Failure
{
    public const string TraceVariable = "FASTTUN_TRACE";

    public static ExitCode Report(Exception exception)
    {
        (ExitCode code, string line) = Explain(exception);
        WriteLine(line);
        if (Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 })
            Console.Error.WriteLine(exception);
        return code;
    }

    public static void WriteLine(string line) => Console.Error.WriteLine($"fasttun: {line.ReplaceLineEndings(" ")}");

    /// <summary>
    /// What runs wraps its own failures, so a kernel's refusal that arrives here is one of setting up. A file that may not
    /// be written names itself in its message, and the console does not.
    /// </summary>
    public static (ExitCode Code, string Line) Explain(Exception exception) => exception switch
    {
        CommandException told => (told.ExitCode, told.Message),
        LinuxException refused => (IsLacking(refused) ? ExitCode.Lacking : ExitCode.Usage, refused.Message),
        UnauthorizedAccessException closed when !closed.Message.Contains('\'') =>
            (ExitCode.Failed, "standard output: it is closed, or not open for writing"),
        IOException or UnauthorizedAccessException or TimeoutException => (ExitCode.Failed, exception.Message),
        _ => (ExitCode.Failed, $"{exception.GetType().Name}: {exception.Message} ({TraceVariable}=1 says where)"),
    };

    private static bool IsLacking(LinuxException refused) => refused.Error switch
    {
        Errno.EPERM or Errno.EACCES or Errno.ENOSYS => true,
        Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOSPC => true,
        Errno.EINVAL => refused.Operation == "io_uring_setup",
        Errno.ENOENT or Errno.ENODEV or Errno.ENXIO => refused.Subject == TunDeviceOptions.DefaultDevicePath,
        _ => false,
    };
}
