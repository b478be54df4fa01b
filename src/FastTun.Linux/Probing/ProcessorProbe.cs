using Tmds.Linux;

namespace FastTun.Linux.Probing;

/// <summary>What this user has of the machine.</summary>
internal static unsafe class ProcessorProbe
{
    private const int HugePageBytes = 2 << 20;

    public static Capability Pin() => Capability.Try("thread pinning", () =>
    {
        CpuSet usable = CpuSet.Current;
        LinuxException? refused = null;
        var thread = new Thread(() =>
        {
            try
            {
                CurrentThread.Pin(new CpuSet(usable.Last()));
            }
            catch (LinuxException exception)
            {
                refused = exception;
            }
        });
        thread.Start();
        thread.Join();
        return refused is null ? $"CPUs {usable}" : throw refused;
    });

    public static Capability HugePage()
    {
        int kind = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_HUGETLB;
        void* page = LibC.mmap(null, HugePageBytes, LibC.PROT_READ, kind, -1, 0);
        SysResult answer = SysResult.FromReturn(page == LibC.MAP_FAILED ? -1 : 0);
        if (answer.IsSuccess)
            SysResult.FromReturn(LibC.munmap(page, HugePageBytes)).OrThrow("munmap");
        return Capability.Of("huge pages", answer, "", error => error == Errno.ENOMEM
            ? "none is reserved: 'sysctl -w vm.nr_hugepages=64'"
            : "this kernel was built without them");
    }
}
