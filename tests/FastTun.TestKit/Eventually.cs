using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FastTun.TestKit;

/// <summary>Waits for a condition, never for time: returns as soon as it holds, and fails when it never does.</summary>
public static class Eventually
{
    // Only a broken test waits this long; machines are shared, so it is generous.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the condition holds.</summary>
    public static void Holds(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long began = Stopwatch.GetTimestamp();
        var spin = new SpinWait();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"Never came true: {what}");
            spin.SpinOnce();
        }
    }
}
