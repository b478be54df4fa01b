using System.Globalization;

namespace FastTun.Linux;

/// <summary>
/// How the machine's processors lie to each other (Documentation/admin-guide/cputopology.rst), and in which order to
/// put work on them. Immutable.
/// </summary>
public sealed class CpuTopology
{
    private const string SystemRoot = "/sys/devices/system/cpu";

    private readonly Dictionary<int, CpuLocation> _locations;

    /// <summary>Makes a topology of what is known.</summary>
    /// <param name="processors">Each processor once, in any order.</param>
    /// <exception cref="ArgumentException">One is there twice.</exception>
    public CpuTopology(IEnumerable<CpuLocation> processors) => _locations = processors.ToDictionary(place => place.Cpu);

    /// <summary>What is known, by number.</summary>
    public IEnumerable<CpuLocation> Processors => _locations.Values.OrderBy(place => place.Cpu);

    /// <summary>
    /// Reads what the kernel tells. What it does not, such as in a container without /sys, is taken for processors of
    /// one node and one cache, each a core of its own.
    /// </summary>
    public static CpuTopology Read() => Read(SystemRoot);

    /// <summary>
    /// The order in which to put workers on processors: one on each physical core before a second on any, because
    /// hyper-threads share what a worker needs; and all cores that share a cache, then all of a socket and a node,
    /// before the next, so that few workers stay near each other's packets.
    /// </summary>
    /// <param name="usable">Those to use, such as <see cref="CpuSet.Current"/>.</param>
    /// <returns>All of them, each once.</returns>
    public IReadOnlyList<int> Spread(IReadOnlyCollection<int> usable)
    {
        ArgumentNullException.ThrowIfNull(usable);
        IEnumerable<IGrouping<int, CpuLocation>> cores =
            usable.Distinct().Order().Select(Locate).GroupBy(place => place.Core);
        return
        [
            .. cores
                .SelectMany(core => core.Select((place, sibling) => (Place: place, Sibling: sibling)))
                .OrderBy(entry => entry.Sibling)
                .ThenBy(entry => entry.Place.Node)
                .ThenBy(entry => entry.Place.Package)
                .ThenBy(entry => entry.Place.Cache)
                .ThenBy(entry => entry.Place.Core)
                .Select(entry => entry.Place.Cpu),
        ];
    }

    internal static CpuTopology Read(string root)
    {
        IEnumerable<string> found = Directory.Exists(root) ? Directory.EnumerateDirectories(root, "cpu*") : [];
        return new CpuTopology(found.Select(ReadProcessor).OfType<CpuLocation>());
    }

    private CpuLocation Locate(int cpu) =>
        _locations.TryGetValue(cpu, out CpuLocation place) ? place : new CpuLocation(cpu, 0, 0, 0, cpu);

    // Beside cpu0 there are directories such as cpufreq; and a processor that is offline has no topology.
    private static CpuLocation? ReadProcessor(string path)
    {
        if (!TryNumber(Path.GetFileName(path)["cpu".Length..], out int cpu) || !Directory.Exists($"{path}/topology"))
            return null;
        return new CpuLocation(
            cpu,
            ReadNode(path),
            TryNumber(ReadText($"{path}/topology/physical_package_id"), out int package) ? package : 0,
            ReadCache(path),
            First(ReadText($"{path}/topology/thread_siblings_list")) ?? cpu);
    }

    private static int ReadNode(string path) =>
        Directory.EnumerateFileSystemEntries(path, "node*")
            .Select(node => TryNumber(Path.GetFileName(node)["node".Length..], out int number) ? number : 0)
            .FirstOrDefault();

    private static int ReadCache(string path)
    {
        if (!Directory.Exists($"{path}/cache"))
            return 0;
        return Directory.EnumerateDirectories($"{path}/cache", "index*")
            .OrderByDescending(cache => TryNumber(ReadText($"{cache}/level"), out int level) ? level : 0)
            .Select(cache => First(ReadText($"{cache}/shared_cpu_list")))
            .FirstOrDefault() ?? 0;
    }

    private static int? First(string list) => CpuSet.TryParse(list, out CpuSet? cpus) ? cpus.First() : null;

    private static string ReadText(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : "";

    // Some hypervisors say -1 for what they do not tell.
    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, null, out number);
}
