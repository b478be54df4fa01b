namespace FastTun.Linux.Probing;

/// <summary>Whether a ring can be made, and does what is submitted to it (io_uring(7)).</summary>
internal static class IoUringProbe
{
    public static Capability Run() => Capability.Try("io_uring", () =>
    {
        IoUring.Try();
        return "";
    });
}
