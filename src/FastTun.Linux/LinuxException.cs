using System.Runtime.InteropServices;

namespace FastTun.Linux;

/// <summary>
/// A system call failed where that ends what the caller set out to do. The message is one line: the operation, what it was
/// done to, the errno's name, the likely cause and the way out.
/// </summary>
public sealed class LinuxException : IOException
{
    /// <summary>Makes the exception; the message is composed from its parts.</summary>
    /// <param name="operation">The call that failed, as the kernel names it: <c>TUNSETIFF</c>.</param>
    /// <param name="subject">What it was done to: a device, a path, an address.</param>
    /// <param name="error">Why the kernel refused.</param>
    /// <param name="hint">The likely cause and the way out; without one the system's own text for the errno is used.</param>
    public LinuxException(string operation, string? subject, Errno error, string? hint = null)
        : base(Compose(operation, subject, error, hint), (int)error)
    {
        Operation = operation;
        Subject = subject;
        Error = error;
    }

    /// <summary>The call that failed, as the kernel names it.</summary>
    public string Operation { get; }

    /// <summary>What it was done to, where there is such a thing.</summary>
    public string? Subject { get; }

    /// <summary>Why the kernel refused.</summary>
    public Errno Error { get; }

    private static string Compose(string operation, string? subject, Errno error, string? hint)
    {
        string what = subject is null ? operation : $"{operation} {subject}";
        return $"{what}: {error}: {hint ?? Marshal.GetPInvokeErrorMessage((int)error)}";
    }
}
