using System.Runtime.InteropServices;
using FastTun.Linux;

namespace FastTun.TestKit;

/// <summary>A thread on which one system call fails, as in a container whose filter forbids it (seccomp(2)).</summary>
public static unsafe partial class Seccomp
{
    private const int SetNoNewPrivileges = 38, SetSeccomp = 22, FilterMode = 2;
    private const ushort LoadWord = 0x20, JumpIfEqual = 0x15, JumpIfGreater = 0x25, Return = 0x06;
    private const uint ThirdArgument = 32; // the lower half of args[2] of struct seccomp_data
    private const uint Allow = 0x7fff0000, Fail = 0x00050000;

    /// <summary>Runs code on such a thread.</summary>
    /// <param name="systemCall">The call's number.</param>
    /// <param name="error">The errno that it fails with.</param>
    /// <param name="work">Any code that starts no thread, which would have the filter too.</param>
    /// <param name="above">The call fails where its third argument, most often a count, is greater; else always.</param>
    public static void Run(uint systemCall, int error, Action work, uint? above = null)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Forbid(systemCall, (uint)error, above);
                work();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("the thread with the filter failed", failure);
    }

    // Loads the call's number and compares it, then the argument, which leads on either way where it does not matter. The
    // filter is the thread's own and ends with it.
    private static void Forbid(uint systemCall, uint error, uint? above)
    {
        Instruction* filter = stackalloc Instruction[]
        {
            new Instruction(LoadWord, 0, 0, 0),
            new Instruction(JumpIfEqual, 0, 3, systemCall),
            new Instruction(LoadWord, 0, 0, ThirdArgument),
            new Instruction(JumpIfGreater, 0, (byte)(above is null ? 0 : 1), above ?? 0),
            new Instruction(Return, 0, 0, Fail | error),
            new Instruction(Return, 0, 0, Allow),
        };
        Program program = new(6, filter);
        if (prctl(SetNoNewPrivileges, 1, 0, 0, 0) != 0 || prctl(SetSeccomp, FilterMode, (nuint)(&program), 0, 0) != 0)
            throw new LinuxException("prctl", null, (Errno)Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    private readonly struct Program(ushort count, Instruction* instructions)
    {
        public readonly ushort Count = count;
        public readonly Instruction* Instructions = instructions;
    }
}
