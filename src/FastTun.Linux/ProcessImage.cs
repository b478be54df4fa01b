using System.Text;
using FastTun.Linux.Native;

namespace FastTun.Linux;

/// <summary>The program that this process runs.</summary>
public static unsafe class ProcessImage
{
    /// <summary>The arguments that this process was started with, the program's name first (/proc/self/cmdline).</summary>
    public static IReadOnlyList<string> Arguments => File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0');

    /// <summary>
    /// Becomes another program, in the same process and with the same open files and environment (execvp(3)). Returns only by
    /// throwing. All other threads end where they are, so it is for the beginning of a program.
    /// </summary>
    /// <param name="arguments">The program's name, which is looked for in PATH, and its arguments.</param>
    /// <exception cref="LinuxException">ENOENT: there is no such program. EACCES: it may not be run.</exception>
    public static void Replace(params IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        byte[][] texts = [.. arguments.Select(argument => Encoding.UTF8.GetBytes(argument + '\0'))];
        byte[] memory = GC.AllocateArray<byte>(texts.Sum(text => text.Length), pinned: true);
        byte** argv = stackalloc byte*[texts.Length + 1];
        fixed (byte* start = memory)
        {
            byte* next = start;
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i].CopyTo(new Span<byte>(next, texts[i].Length));
                argv[i] = next;
                next += texts[i].Length;
            }

            argv[texts.Length] = null;
            SysResult.FromReturn(Exec.execvp(argv[0], argv)).OrThrow("execvp", arguments[0]);
        }
    }
}
