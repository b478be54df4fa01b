namespace FastTun.Linux;

/// <summary>What became of one operation of an <see cref="IoUring"/>.</summary>
/// <param name="Tag">The number that its preparation was given.</param>
/// <param name="Result">What the system call of the same name would have answered.</param>
public readonly record struct IoCompletion(ulong Tag, SysResult Result);
