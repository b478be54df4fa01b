using System.Runtime.InteropServices;
using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>
/// An open file descriptor, closed exactly once. A descriptor is wrapped the moment the kernel returns it, before anything
/// else can fail. A thread that owns one for its whole life may keep <see cref="Number"/> and skip the reference counting.
/// </summary>
public sealed class FileDescriptor : SafeHandle
{
    /// <summary>Takes ownership of an open descriptor.</summary>
    /// <param name="number">The descriptor; -1 for none.</param>
    public FileDescriptor(int number)
        : base(-1, ownsHandle: true) => SetHandle(number);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The descriptor's number. Valid until this object is disposed.</summary>
    public int Number => (int)handle;

    /// <summary>A second descriptor for the same open file, close-on-exec (fcntl F_DUPFD_CLOEXEC).</summary>
    /// <exception cref="LinuxException">The process has too many open files.</exception>
    public FileDescriptor Duplicate()
    {
        int copy = LibC.fcntl(Number, LibC.F_DUPFD_CLOEXEC, 0);
        return new FileDescriptor(SysResult.FromReturn(copy).OrThrow("fcntl F_DUPFD_CLOEXEC", $"descriptor {Number}"));
    }

    /// <inheritdoc/>
    // close(2) frees the descriptor whatever it answers, so its result says nothing that could be acted on.
    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
