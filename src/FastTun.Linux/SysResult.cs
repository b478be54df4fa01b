using System.Runtime.InteropServices;

namespace FastTun.Linux;

/// <summary>
/// What a system call answered: a value of zero or more, or the errno of its failure. The hot path passes this on and
/// never throws; set-up code turns it into a <see cref="LinuxException"/> with <see cref="OrThrow"/>.
/// </summary>
public readonly record struct SysResult
{
    private readonly int _raw;

    private SysResult(int raw) => _raw = raw;

    /// <summary>Whether the call succeeded.</summary>
    public bool IsSuccess => _raw >= 0;

    /// <summary>What the call returned, usually a count or a descriptor; meaningless when it failed.</summary>
    public int Value => _raw;

    /// <summary>Why the call failed, or <see cref="Errno.None"/>.</summary>
    public Errno Error => _raw < 0 ? (Errno)(-_raw) : Errno.None;

    /// <summary>A successful result.</summary>
    /// <param name="value">Zero or more.</param>
    public static SysResult Success(int value) => new(value);

    /// <summary>A failed result.</summary>
    /// <param name="error">Any error but <see cref="Errno.None"/>.</param>
    public static SysResult Failure(Errno error) => new(-(int)error);

    /// <summary>
    /// Wraps what a C function returned that was imported with SetLastError (all of Tmds.LibC but poll and ppoll).
    /// </summary>
    internal static SysResult FromReturn(nint returned) =>
        returned >= 0 ? new((int)returned) : new(-Marshal.GetLastPInvokeError());

    /// <summary>
    /// Wraps what a C function returned that was imported without SetLastError and with SuppressGCTransition, so that nothing
    /// ran on this thread since: errno itself is still the call's.
    /// </summary>
    internal static SysResult FromSuppressedReturn(nint returned) =>
        returned >= 0 ? new((int)returned) : new(-Marshal.GetLastSystemError());

    /// <summary>The value, or an exception that says what failed.</summary>
    /// <param name="operation">The call that failed, as the kernel names it: <c>TUNSETIFF</c>.</param>
    /// <param name="subject">What it was done to: a device, a path, an address.</param>
    /// <param name="hint">The likely cause and the way out, where they are known.</param>
    /// <exception cref="LinuxException">The call failed.</exception>
    public int OrThrow(string operation, string? subject = null, string? hint = null) =>
        IsSuccess ? _raw : throw new LinuxException(operation, subject, Error, hint);

    /// <inheritdoc/>
    public override string ToString() => IsSuccess ? _raw.ToString() : Error.ToString();
}
