namespace FastTun.Linux.Probing;

/// <summary>One thing that was tried.</summary>
/// <param name="Name">What.</param>
/// <param name="Error">Why it cannot be done; <see cref="Errno.None"/> where it can.</param>
/// <param name="Detail">What was found where it can be done; what it would take where it cannot.</param>
public sealed record Capability(string Name, Errno Error, string Detail)
{
    /// <summary>Whether it can be done.</summary>
    public bool IsAvailable => Error == Errno.None;

    /// <summary>Judges what a system call answered.</summary>
    /// <param name="name">What was tried.</param>
    /// <param name="answer">How it went.</param>
    /// <param name="found">What to say where it can be done.</param>
    /// <param name="wayOut">What it would take, by the errno.</param>
    internal static Capability Of(string name, SysResult answer, string found, Func<Errno, string> wayOut) =>
        new(name, answer.Error, answer.IsSuccess ? found : wayOut(answer.Error));

    /// <summary>Judges code that throws <see cref="LinuxException"/>.</summary>
    /// <param name="name">What is tried.</param>
    /// <param name="attempt">Tries it, and returns what to say where it can be done.</param>
    internal static Capability Try(string name, Func<string> attempt)
    {
        try
        {
            return new Capability(name, Errno.None, attempt());
        }
        catch (LinuxException refused)
        {
            return new Capability(name, refused.Error, refused.Message);
        }
    }
}
