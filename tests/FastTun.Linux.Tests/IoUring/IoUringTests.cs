using FastTun.TestKit;

namespace FastTun.Linux.Tests;

/// <summary>The ring itself, on files that need no privilege.</summary>
public sealed class IoUringTests
{
    [Fact]
    public void It_is_available_here()
    {
        Assert.True(IoUring.IsAvailable(out string? reason), reason);
        Assert.Null(reason);
    }

    [Fact]
    public void Operations_complete_with_their_tags_in_order()
    {
        using var ring = new IoUring(8);
        for (ulong tag = 100; tag < 108; tag++)
            Assert.True(ring.TryPrepareNop(tag));

        Assert.Equal(8, ring.Submit().Value);

        Assert.Equal(Enumerable.Range(100, 8), TakeAll(ring).Select(completion => (int)completion.Tag));
        Assert.Equal(SysResult.Success(0), ring.Submit());
        Assert.Empty(TakeAll(ring));
    }

    [Fact]
    public void A_full_ring_takes_no_more_until_it_is_submitted()
    {
        using var ring = new IoUring(5);
        Assert.Equal(8, ring.Capacity);
        for (int i = 0; i < 8; i++)
            Assert.True(ring.TryPrepareNop(0));

        Assert.False(ring.TryPrepareNop(0));
        Assert.Equal(8, ring.Prepared);
        Assert.Equal(8, ring.Submit().Value);
        Assert.Equal(0, ring.Prepared);
        Assert.True(ring.TryPrepareNop(0));
    }

    [Fact]
    public void Completions_that_nobody_takes_are_not_lost()
    {
        using var ring = new IoUring(4);
        const int Rounds = 50;
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < 4; i++)
                Assert.True(ring.TryPrepareNop((ulong)(round * 4 + i)));
            Assert.Equal(4, ring.Submit().Value);
        }

        // The ring holds eight; a call brings what the kernel kept of the others.
        List<int> tags = [];
        while (tags.Count < Rounds * 4)
        {
            List<IoCompletion> some = TakeAll(ring);
            Assert.NotEmpty(some);
            tags.AddRange(some.Select(completion => (int)completion.Tag));
            Assert.True(ring.Submit().IsSuccess);
        }

        Assert.Equal(Enumerable.Range(0, Rounds * 4), tags);
    }

    [Fact]
    public void A_poll_completes_when_its_file_is_readable_and_once()
    {
        using var signal = new EventFd();
        using var ring = new IoUring(4, signal.Descriptor);
        Assert.True(ring.TryPreparePoll(0, 7));
        Assert.Equal(1, ring.Submit().Value);
        Assert.Empty(TakeAll(ring));

        var other = new Thread(signal.Signal);
        other.Start();
        Assert.Equal(0, ring.Submit(waitFor: 1).Value);
        other.Join();

        IoCompletion poll = Assert.Single(TakeAll(ring));
        Assert.Equal((7ul, 1), (poll.Tag, poll.Result.Value));
        signal.Reset();
        signal.Signal();
        Assert.True(ring.Submit().IsSuccess);
        Assert.Empty(TakeAll(ring));
    }

    [Fact]
    public void A_file_that_it_was_not_made_with_is_refused_by_the_kernel()
    {
        using var signal = new EventFd();
        using var ring = new IoUring(4, signal.Descriptor);
        byte[] bytes = GC.AllocateArray<byte>(8, pinned: true);
        ring.TryPrepareRead(1, bytes, 1);
        ring.TryPrepareRead(0, bytes, 2);
        Assert.Equal(2, ring.Submit(waitFor: 2).Value);

        Assert.Equal([Errno.EBADF, Errno.EAGAIN], TakeAll(ring).OrderBy(c => c.Tag).Select(c => c.Result.Error));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        using var signal = new EventFd();
        using var ring = new IoUring(64, signal.Descriptor);
        byte[] bytes = GC.AllocateArray<byte>(8, pinned: true);
        var writes = new WriteList(1);
        bytes[0] = 1;
        writes.Begin(bytes);
        Use(ring, bytes, writes, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int completed = Use(ring, bytes, writes, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(50_000, completed);
    }

    [Fact]
    public void After_its_end_it_takes_nothing_and_says_so()
    {
        var ring = new IoUring(4);
        ring.TryPrepareNop(1);
        ring.Dispose();
        ring.Dispose();

        Assert.False(ring.TryPrepareNop(1));
        Assert.False(ring.TryTake(out _));
        Assert.Equal((0, Errno.EBADF), (ring.Prepared, ring.Submit().Error));
    }

    [Fact]
    public void Another_thread_may_not_use_it()
    {
        using var ring = new IoUring(4);
        SysResult result = default;
        var other = new Thread(() =>
        {
            ring.TryPrepareNop(1);
            result = ring.Submit();
        });
        other.Start();
        other.Join();

        Assert.Equal(Errno.EEXIST, result.Error);
        Assert.Equal(1, ring.Submit(waitFor: 1).Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(IoUring.MaxCapacity + 1)]
    public void No_ring_has_such_a_capacity(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new IoUring(capacity));

    [Fact]
    public void A_refusal_closes_what_was_opened()
    {
        int before = OpenRings();

        var refusal = Assert.Throws<LinuxException>(() => new IoUring(4, new FileDescriptor(1_000_000)));

        Assert.Equal(("io_uring_register", Errno.EBADF), (refusal.Operation, refusal.Error));
        Assert.Equal(before, OpenRings());
    }

    [Theory]
    [InlineData(1, "EPERM: io_uring is forbidden here")]
    [InlineData(38, "ENOSYS: this kernel, or the container's seccomp filter, has no io_uring")]
    public void Where_it_is_forbidden_the_reason_says_so(int error, string saying)
    {
        string? reason = null;
        bool isAvailable = true;
        Seccomp.Run(425, error, () => isAvailable = IoUring.IsAvailable(out reason));

        Assert.False(isAvailable);
        Assert.StartsWith($"io_uring_setup: {saying}", reason);
    }

    [Fact]
    public void Where_only_its_use_is_forbidden_the_reason_says_so()
    {
        string? reason = null;
        Seccomp.Run(426, 1, () => IoUring.IsAvailable(out reason));

        Assert.StartsWith("io_uring_enter: EPERM: io_uring is forbidden here", reason);
    }

    private static int Use(IoUring ring, byte[] bytes, WriteList writes, int rounds)
    {
        int completed = 0;
        for (int i = 0; i < rounds; i++)
        {
            ring.TryPrepareNop(0);
            ring.TryPrepareWrite(0, bytes, 1);
            ring.TryPreparePoll(0, 2);
            ring.TryPrepareWrite(0, writes, 0, 3);
            ring.TryPrepareRead(0, bytes, 4);
            bytes[0] = 1;
            ring.Submit(waitFor: 5);
            while (ring.TryTake(out _))
                completed++;
        }

        return completed;
    }

    private static List<IoCompletion> TakeAll(IoUring ring)
    {
        List<IoCompletion> taken = [];
        while (ring.TryTake(out IoCompletion completion))
            taken.Add(completion);
        return taken;
    }

    private static int OpenRings() => Directory.EnumerateFiles("/proc/self/fd")
        .Count(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.Name.Contains("io_uring") == true);
}
