using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>
/// A set of processors, by their numbers (cpuset(7)), written <c>0,2-5</c>. Immutable. Holds the numbers that a
/// cpu_set_t of glibc holds.
/// </summary>
public sealed unsafe class CpuSet : IReadOnlyCollection<int>, IEquatable<CpuSet>
{
    /// <summary>The highest number that can be a member.</summary>
    public const int MaxCpu = 1023;

    private readonly SortedSet<int> _members;

    /// <summary>Makes a set.</summary>
    /// <param name="members">Numbers of 0 to <see cref="MaxCpu"/>, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below or above.</exception>
    public CpuSet(params IEnumerable<int> members)
    {
        _members = [.. members];
        foreach (int cpu in _members)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(cpu, nameof(members));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(cpu, MaxCpu, nameof(members));
        }
    }

    /// <summary>The processors that the calling thread may run on (sched_getaffinity(2)).</summary>
    /// <exception cref="LinuxException">The machine has more processors than this type can name.</exception>
    public static CpuSet Current
    {
        get
        {
            cpu_set_t mask;
            SysResult.FromReturn(LibC.sched_getaffinity(0, sizeof(cpu_set_t), &mask)).OrThrow("sched_getaffinity");
            var members = new List<int>();
            for (int cpu = 0; cpu <= MaxCpu; cpu++)
                if (LibC.CPU_ISSET(cpu, &mask))
                    members.Add(cpu);
            return new CpuSet(members);
        }
    }

    /// <inheritdoc/>
    public int Count => _members.Count;

    /// <summary>Reads numbers and ranges between commas, in any order: <c>0,2-5</c>.</summary>
    /// <param name="text">At least one number.</param>
    /// <exception cref="FormatException">The message names the part that cannot be, and why.</exception>
    public static CpuSet Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? problem = Read(text, out CpuSet? result);
        return problem is null ? result! : throw new FormatException($"CPUs '{text}': {problem}");
    }

    /// <summary>Reads what <see cref="Parse"/> reads.</summary>
    /// <param name="text">At least one number.</param>
    /// <param name="result">What it says.</param>
    /// <returns>Whether it says anything.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CpuSet? result)
    {
        result = null;
        return text is not null && Read(text, out result) is null;
    }

    /// <summary>Whether a processor is a member.</summary>
    /// <param name="cpu">Any number.</param>
    public bool Contains(int cpu) => _members.Contains(cpu);

    /// <summary>The shortest text that <see cref="Parse"/> reads as this set; empty for the empty set.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        int[] cpus = [.. _members];
        for (int first = 0, last; first < cpus.Length; first = last + 1)
        {
            for (last = first; last + 1 < cpus.Length && cpus[last + 1] == cpus[last] + 1;)
                last++;
            parts.Add(first == last ? $"{cpus[first]}" : $"{cpus[first]}-{cpus[last]}");
        }

        return string.Join(',', parts);
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => _members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(CpuSet? other) => other is not null && _members.SetEquals(other._members);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CpuSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _members.Aggregate(0, HashCode.Combine);

    internal cpu_set_t ToMask()
    {
        cpu_set_t mask;
        LibC.CPU_ZERO(&mask);
        foreach (int cpu in _members)
            LibC.CPU_SET(cpu, &mask);
        return mask;
    }

    private static string? Read(string text, out CpuSet? result)
    {
        result = null;
        var members = new List<int>();
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-', 2);
            if (!TryReadCpu(ends[0], out int first) || !TryReadCpu(ends[^1], out int last))
                return $"'{part}' is neither a number of 0 to {MaxCpu} nor a range such as 2-5";
            if (last < first)
                return $"the range '{part}' runs backwards";
            members.AddRange(Enumerable.Range(first, last - first + 1));
        }

        result = new CpuSet(members);
        return null;
    }

    private static bool TryReadCpu(string text, out int cpu) =>
        int.TryParse(text, NumberStyles.None, null, out cpu) && cpu <= MaxCpu;
}
