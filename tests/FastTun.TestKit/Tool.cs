using System.Diagnostics;
using System.Text;

namespace FastTun.TestKit;

/// <summary>What a tool said by its end.</summary>
public sealed record ToolResult(string Command, int ExitCode, string Output, string Errors)
{
    /// <summary>The result itself, unless the tool failed.</summary>
    public ToolResult OrThrow() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"'{Command}' ended with {ExitCode}: {Errors.Trim()} {Output.Trim()}");
}

/// <summary>
/// A child process of a test: one of the independent judges (ip, ping, iperf3, tshark, ...). It lives in the namespaces
/// of the thread that starts it, and no longer than this object.
/// </summary>
public sealed class Tool : IDisposable
{
    // Far beyond what any tool takes on a busy machine: it only turns a hang into a failure that says what hung.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly string _command;
    private int _closed;

    private Tool(ProcessStartInfo start)
    {
        _command = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Collect(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Collect(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>What it wrote to its output so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a tool that reads nothing.</summary>
    public static Tool Start(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var started = new Tool(start);
        started._process.StandardInput.Close();
        return started;
    }

    /// <summary>Waits until its output or its errors hold a text.</summary>
    public void WaitForText(string text)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_output)
        {
            while (!_output.ToString().Contains(text) && !_errors.ToString().Contains(text))
            {
                TimeSpan left = Patience - Stopwatch.GetElapsedTime(start);
                if (_closed == 2 || left <= TimeSpan.Zero)
                    throw new InvalidOperationException($"'{_command}' did not say '{text}': {_output} {_errors}");
                Monitor.Wait(_output, left);
            }
        }
    }

    /// <summary>Waits for its end.</summary>
    public ToolResult Wait()
    {
        if (!_process.WaitForExit(Patience))
            throw new TimeoutException($"'{_command}' still runs after {Patience}: {_output} {_errors}");

        // Without a time limit it also waits for the end of both outputs.
        _process.WaitForExit();
        lock (_output)
            return new ToolResult(_command, _process.ExitCode, _output.ToString(), _errors.ToString());
    }

    /// <summary>Kills it if it still runs.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Collect(StringBuilder into, string? line)
    {
        lock (_output)
        {
            if (line is null)
                _closed++;
            else
                into.Append(line).Append('\n');
            Monitor.PulseAll(_output);
        }
    }
}
