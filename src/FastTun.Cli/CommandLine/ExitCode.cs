namespace FastTun.Cli.CommandLine;

/// <summary>What the command's end means to a script.</summary>
internal enum ExitCode
{
    /// <summary>It did what was asked.</summary>
    Done = 0,

    /// <summary>It failed while running.</summary>
    Failed = 1,

    /// <summary>It was asked for what cannot be; nothing was touched.</summary>
    Usage = 2,

    /// <summary>This machine or this user lacks something; the message says what, and how to get it.</summary>
    Lacking = 3,
}
