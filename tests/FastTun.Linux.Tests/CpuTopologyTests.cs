using FastTun.TestKit;

namespace FastTun.Linux.Tests;

/// <summary>The order of processors on machines that are made up, and what is read of the one that is there.</summary>
public sealed class CpuTopologyTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fasttun-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Every_core_has_one_before_any_has_two_and_what_is_near_is_filled_first()
    {
        foreach (CpuLocation[] machine in Machines())
        {
            var topology = new CpuTopology(machine);
            for (int step = 1; step <= 3; step++)
            {
                int[] usable = [.. machine.Where((_, index) => index % step == 0).Select(place => place.Cpu)];
                CpuLocation[] order =
                    [.. topology.Spread(new CpuSet(usable)).Select(cpu => machine.Single(place => place.Cpu == cpu))];

                Assert.Equal(usable.Order(), order.Select(place => place.Cpu).Order());
                int[] rounds = Rounds(order);
                Assert.Equal(rounds.Order(), rounds);
                foreach (int round in rounds.Distinct())
                    AssertContiguous([.. order.Where((_, index) => rounds[index] == round)]);
            }
        }
    }

    [Fact]
    public void Of_two_sockets_with_hyper_threads_it_is_this_order()
    {
        // Numbered as most servers are: first threads of both sockets in turn, then the second threads.
        CpuLocation at(int cpu) => new(cpu, cpu % 2, cpu % 2, cpu % 2, cpu % 4);
        var topology = new CpuTopology(Enumerable.Range(0, 8).Select(at));

        Assert.Equal([0, 2, 1, 3, 4, 6, 5, 7], topology.Spread(CpuSet.Parse("0-7")));
        Assert.Equal([2, 5, 6], topology.Spread(CpuSet.Parse("2,5,6")));
    }

    [Fact]
    public void What_is_unknown_is_a_core_of_its_own() =>
        Assert.Equal([0, 3, 7], new CpuTopology([]).Spread(CpuSet.Parse("0,3,7")));

    [Fact]
    public void Is_read_from_what_the_kernel_writes()
    {
        Write("cpu0", package: "0", siblings: "0,2", node: 0, "0-1", "0-3");
        Write("cpu1", package: "0", siblings: "1,3", node: 0, "0-1", "0-3");
        Write("cpu2", package: "0", siblings: "0,2", node: 0, "2", "0-3");
        Write("cpu10", package: "-1", siblings: "", node: 3, "10-12");
        Directory.CreateDirectory($"{_root}/cpu4"); // offline
        Directory.CreateDirectory($"{_root}/cpufreq/topology");

        Assert.Equal(
            [new(0, 0, 0, 0, 0), new(1, 0, 0, 0, 1), new(2, 0, 0, 0, 0), new(10, 3, 0, 10, 10)],
            CpuTopology.Read(_root.FullName).Processors);
        Assert.Empty(CpuTopology.Read($"{_root}/none").Processors);
    }

    [Fact]
    public void This_machine_is_as_util_linux_sees_it()
    {
        using Tool lscpu = Tool.Start("lscpu", "-p=CPU,CORE,SOCKET");
        var seen = lscpu.Wait().OrThrow().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line => line.Split(','))
            .ToDictionary(parts => int.Parse(parts[0]), parts => (parts[1], parts[2]));
        CpuLocation[] read = [.. CpuTopology.Read().Processors];

        Assert.Equal(seen.Keys.Order(), read.Select(place => place.Cpu));
        foreach (CpuLocation a in read)
        {
            foreach (CpuLocation b in read)
                Assert.Equal(seen[a.Cpu] == seen[b.Cpu], a.Core == b.Core);
        }
    }

    // All machines of up to 3 nodes, 2 sockets a node, 2 caches a socket, 3 cores a cache and 3 threads a core, with
    // threads numbered next to each other, or round after round.
    private static IEnumerable<CpuLocation[]> Machines() =>
        from nodes in Enumerable.Range(1, 3)
        from packages in Enumerable.Range(1, 2)
        from caches in Enumerable.Range(1, 2)
        from cores in Enumerable.Range(1, 3)
        from threads in Enumerable.Range(1, 3)
        from adjacent in new[] { true, false }
        select Machine(nodes, packages, caches, cores, threads, adjacent);

    private static CpuLocation[] Machine(int nodes, int packages, int caches, int cores, int threads, bool adjacent)
    {
        int all = nodes * packages * caches * cores;
        int number(int core, int thread) => adjacent ? core * threads + thread : thread * all + core;
        CpuLocation place(int core, int thread)
        {
            int cache = core / cores, package = cache / caches;
            return new(number(core, thread), package / packages, package, number(cache * cores, 0), number(core, 0));
        }

        IEnumerable<int> every(int count) => Enumerable.Range(0, count);
        return [.. from core in every(all) from thread in every(threads) select place(core, thread)];
    }

    // How many of the same core come before each.
    private static int[] Rounds(CpuLocation[] order) =>
        [.. order.Select((place, index) => order.Take(index).Count(earlier => earlier.Core == place.Core))];

    // Whoever is left, be it a node, a socket or a cache, is not come back to.
    private static void AssertContiguous(CpuLocation[] round)
    {
        foreach (Func<CpuLocation, int> level in new Func<CpuLocation, int>[]
            { place => place.Node, place => place.Package, place => place.Cache })
        {
            int[] visits = [.. round.Select(level)];
            int changes = visits.Zip(visits.Skip(1)).Count(pair => pair.First != pair.Second);
            Assert.Equal(visits.Distinct().Count() - 1, changes);
        }
    }

    private void Write(string cpu, string package, string siblings, int node, params string[] caches)
    {
        DirectoryInfo directory = _root.CreateSubdirectory(cpu);
        directory.CreateSubdirectory("topology");
        directory.CreateSubdirectory($"node{node}");
        File.WriteAllText($"{directory}/topology/physical_package_id", package + "\n");
        File.WriteAllText($"{directory}/topology/thread_siblings_list", siblings + "\n");
        for (int level = 1; level <= caches.Length; level++)
        {
            string cache = directory.CreateSubdirectory($"cache/index{level}").FullName;
            File.WriteAllText($"{cache}/level", $"{level}\n");
            File.WriteAllText($"{cache}/shared_cpu_list", caches[level - 1] + "\n");
        }
    }
}
