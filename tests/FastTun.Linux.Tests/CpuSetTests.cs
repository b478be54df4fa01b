using CsCheck;

namespace FastTun.Linux.Tests;

/// <summary>Sets of processors, as text and as where a thread runs.</summary>
public sealed class CpuSetTests
{
    [Fact]
    public void Any_set_is_read_back_from_its_text() => Gen.Int[0, CpuSet.MaxCpu].Array[1, 40].Sample(cpus =>
    {
        var set = new CpuSet(cpus);
        return CpuSet.Parse(set.ToString()).Equals(set) && set.SequenceEqual(cpus.Distinct().Order());
    });

    [Fact]
    public void Any_text_is_read_or_refused_and_what_is_read_is_read_again() =>
        Gen.String[Gen.Char["0123456789,- "], 0, 12].Sample(text =>
            !CpuSet.TryParse(text, out CpuSet? set) || CpuSet.Parse(set.ToString()).Equals(set));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0,2-5", "0,2-5")]
    [InlineData("5,4,3,0", "0,3-5")]
    [InlineData("1-3,2-7,7", "1-7")]
    [InlineData("4-4", "4")]
    [InlineData("1023", "1023")]
    public void Is_written_in_one_way(string text, string canonical) =>
        Assert.Equal(canonical, CpuSet.Parse(text).ToString());

    [Theory]
    [InlineData("", "'' is neither a number of 0 to 1023 nor a range such as 2-5")]
    [InlineData("0,,1", "'' is neither")]
    [InlineData("a", "'a' is neither")]
    [InlineData("1024", "'1024' is neither")]
    [InlineData("0,-1", "'-1' is neither")]
    [InlineData("1-", "'1-' is neither")]
    [InlineData("1-2-3", "'1-2-3' is neither")]
    [InlineData(" 1", "' 1' is neither")]
    [InlineData("0,5-2", "the range '5-2' runs backwards")]
    public void What_cannot_be_is_refused_by_name(string text, string why)
    {
        string message = Assert.Throws<FormatException>(() => CpuSet.Parse(text)).Message;

        Assert.StartsWith($"CPUs '{text}': ", message);
        Assert.Contains(why, message);
    }

    [Fact]
    public void A_number_out_of_range_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuSet(0, CpuSet.MaxCpu + 1));

    [Fact]
    public void A_thread_runs_where_it_is_pinned() => OnThread(() =>
    {
        int cpu = CpuSet.Current.Last();

        CurrentThread.Pin(new CpuSet(cpu));

        Assert.Equal([cpu], CpuSet.Current);
        Assert.Equal(cpu, Thread.GetCurrentProcessorId());
    });

    [Theory]
    [InlineData("1023", false)]
    [InlineData("1023", true)]
    public void A_thread_stays_where_it_was_when_a_CPU_is_not_there(string missing, bool withOneThatIs) => OnThread(() =>
    {
        CpuSet before = CpuSet.Current;
        CpuSet wanted = CpuSet.Parse(withOneThatIs ? $"{before.First()},{missing}" : missing);

        var refusal = Assert.Throws<LinuxException>(() => CurrentThread.Pin(wanted));

        string hint = $"not all of these CPUs can be used; this thread has {before}";
        Assert.Equal($"sched_setaffinity {wanted}: EINVAL: {hint}", refusal.Message);
        Assert.Equal(before, CpuSet.Current);
    });

    // A thread of the runner's pool would stay pinned for the tests behind it.
    private static void OnThread(Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(body));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
