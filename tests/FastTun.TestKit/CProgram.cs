using System.Diagnostics;

namespace FastTun.TestKit;

/// <summary>A C program for the machine's compiler, the judge of what the system's headers say.</summary>
public static class CProgram
{
    /// <summary>Compiles a source, with warnings as errors, and throws the result away.</summary>
    /// <param name="source">The program's text.</param>
    /// <returns>The compiler's complaints; empty when it had none.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no gcc.</exception>
    public static string Diagnose(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        string[] arguments = ["-x", "c", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-"];
        var start = new ProcessStartInfo("gcc", arguments) { RedirectStandardInput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using Process compiler = Process.Start(start) ?? throw new InvalidOperationException("gcc did not start");
        compiler.StandardInput.Write(source);
        compiler.StandardInput.Close();
        string complaints = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        return compiler.ExitCode == 0 ? "" : complaints;
    }
}
