// The baseline with io_uring as a batcher: the last batch's writes and up to 64 reads in one submission. Otherwise
// forward.c: one queue, no offload, one thread, nothing looked at; epoll_wait when there is nothing to do.
//
//   forward_io_uring NETNS_A NAME_A NETNS_B NAME_B      (NETNS: a name under /run/netns, or a path)
//
// Prints `ready` once packets flow; SIGTERM or SIGINT ends it. Exits with 3 where io_uring cannot be had.
#include "tun.h"

#include <linux/io_uring.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

// Slots a power of two apart would all fall into the same few sets of the cache.
enum { MAX_READS = 64, SLOT = 65536 + 192, ENTRIES = 2 * MAX_READS, MAX_TURN = 16, WRITE = 1 << 16,
       EXIT_MACHINE = 3 };

static struct {
    int fd;
    unsigned *sq_tail, *cq_head, *cq_tail, sq_mask, cq_mask;
    struct io_uring_sqe *sqes;
    struct io_uring_cqe *cqes;
    unsigned queued;   // filled in and not yet submitted
} ring;

// Packets in the order they were read, in one of two halves: one is written while the other is read into.
static char (*packets)[MAX_READS][SLOT];
static int lengths[2][MAX_READS];

static void *map(size_t length, off_t offset)
{
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, offset);
    if (memory == MAP_FAILED)
        error(EXIT_MACHINE, errno, "mapping the ring");
    return memory;
}

static void open_ring(void)
{
    struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};   // Linux 6.1
    ring.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
    if (ring.fd < 0)
        error(EXIT_MACHINE, errno, "io_uring_setup (Linux 6.1 or later, and not forbidden)");
    char *sq = map(params.sq_off.array + params.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
    char *cq = map(params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
    ring.sqes = map(params.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
    ring.sq_tail = (unsigned *)(sq + params.sq_off.tail);
    ring.sq_mask = *(unsigned *)(sq + params.sq_off.ring_mask);
    ring.cq_head = (unsigned *)(cq + params.cq_off.head);
    ring.cq_tail = (unsigned *)(cq + params.cq_off.tail);
    ring.cq_mask = *(unsigned *)(cq + params.cq_off.ring_mask);
    ring.cqes = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
    unsigned *array = (unsigned *)(sq + params.sq_off.array);   // slots are entries, one to one, for good
    for (unsigned i = 0; i < params.sq_entries; i++)
        array[i] = i;
}

// RWF_NOWAIT: on O_NONBLOCK alone the ring would arm a poll, and the submission wait for a packet.
static void queue(int operation, int fd, void *memory, int length, unsigned tag)
{
    ring.sqes[(*ring.sq_tail + ring.queued++) & ring.sq_mask] = (struct io_uring_sqe){
        .opcode = (uint8_t)operation, .fd = fd, .addr = (uintptr_t)memory, .len = (unsigned)length,
        .off = (uint64_t)-1, .rw_flags = RWF_NOWAIT, .user_data = tag};
}

// Submits, waits for all, and notes how long each read's packet is (0: none).
static void submit(int *read_lengths)
{
    unsigned count = ring.queued;
    __atomic_store_n(ring.sq_tail, *ring.sq_tail + count, __ATOMIC_RELEASE);
    ring.queued = 0;
    for (unsigned given = 0; given < count;) {
        unsigned left = count - given;
        int taken = (int)syscall(SYS_io_uring_enter, ring.fd, left, left, IORING_ENTER_GETEVENTS, NULL, 0);
        if (taken < 0 && errno != EINTR)
            error(EXIT_FAILURE, errno, "io_uring_enter");
        given += taken < 0 ? 0 : (unsigned)taken;
    }
    unsigned head = *ring.cq_head;
    while (__atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE) - head < count)
        syscall(SYS_io_uring_enter, ring.fd, 0, count, IORING_ENTER_GETEVENTS, NULL, 0);
    for (unsigned end = head + count; head != end; head++) {
        const struct io_uring_cqe *done = &ring.cqes[head & ring.cq_mask];
        int failure = done->res < 0 ? -done->res : 0;
        if (failure != 0 && failure != EAGAIN && failure != EINVAL && failure != EINTR)
            error(EXIT_FAILURE, failure, done->user_data & WRITE ? "write" : "read");
        if (!(done->user_data & WRITE))
            read_lengths[done->user_data] = done->res > 0 ? done->res : 0;
    }
    __atomic_store_n(ring.cq_head, head, __ATOMIC_RELEASE);
}

// Moves what waits at one device to the other, for a while. As many reads as the last batch suggests: one that finds
// nothing costs, too.
static void drain(int from, int to)
{
    int wanted = 1, found = 0, half = 0;
    for (int turn = 0; turn == 0 || found > 0; turn++, half = !half) {
        for (int i = 0; i < MAX_READS; i++) {
            if (lengths[!half][i] > 0)
                queue(IORING_OP_WRITE, to, packets[!half][i], lengths[!half][i], WRITE);
            lengths[!half][i] = 0;
        }
        int reads = turn < MAX_TURN ? wanted : 0;   // then the other device has its turn
        for (int i = 0; i < reads; i++)
            queue(IORING_OP_READ, from, packets[half][i], SLOT, (unsigned)i);
        submit(lengths[half]);
        found = 0;
        for (int i = 0; i < reads; i++)
            found += lengths[half][i] > 0;   // a later read may succeed after an earlier one found nothing
        wanted = found < reads ? found + 1 : 2 * reads > MAX_READS ? MAX_READS : 2 * reads;
    }
}

int main(int argc, char **argv)
{
    if (argc != 5)
        error(EXIT_USAGE, 0, "expected NETNS_A NAME_A NETNS_B NAME_B");
    stop_on_signals();
    open_ring();
    packets = calloc(2, sizeof *packets);
    if (packets == NULL)
        error(EXIT_FAILURE, errno, "memory for packets");
    const int tuns[2] = {open_tun(argv[1], argv[2], 0), open_tun(argv[3], argv[4], 0)};
    int poller = epoll_create1(EPOLL_CLOEXEC);
    for (uint32_t i = 0; i < 2; i++) {
        struct epoll_event interest = {.events = EPOLLIN, .data.u32 = i};
        if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, tuns[i], &interest) < 0)
            error(EXIT_FAILURE, errno, "epoll");
    }
    puts("ready");
    fflush(stdout);
    while (!stopping) {
        struct epoll_event ready[2];
        int count = epoll_wait(poller, ready, 2, -1);
        for (int i = 0; i < count; i++)
            drain(tuns[ready[i].data.u32], tuns[!ready[i].data.u32]);
    }
    return EXIT_SUCCESS;
}
