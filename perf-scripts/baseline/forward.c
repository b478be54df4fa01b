// The plain baseline: one TUN in each of two network namespaces, one queue, no offload, one thread, and nothing clever:
// epoll_wait, read, write, each packet from one device to the other, untouched. Every ratio is against this loop.
//
//   forward [--offload] NETNS_A NAME_A NETNS_B NAME_B      (NETNS: a name under /run/netns, or a path)
//
// With --offload the same loop passes super-packets through whole: virtio-net headers, all offloads, nothing looked at.
//
// Prints `ready` once packets flow; SIGTERM or SIGINT ends it.
#include "tun.h"

#include <stdio.h>
#include <sys/epoll.h>

static void forward(int poller, const int *tuns)
{
    static char packet[65536 + 10];
    struct epoll_event ready[2];
    while (!stopping) {
        int count = epoll_wait(poller, ready, 2, -1);
        for (int i = 0; i < count; i++) {
            int from = (int)ready[i].data.u32;
            ssize_t length = read(tuns[from], packet, sizeof packet);
            if (length > 0 && write(tuns[!from], packet, (size_t)length) < 0 && errno != EINVAL && errno != EAGAIN)
                error(EXIT_FAILURE, errno, "write");
            if (length < 0 && errno != EAGAIN && errno != EINTR)
                error(EXIT_FAILURE, errno, "read");
        }
    }
}

int main(int argc, char **argv)
{
    int offload = argc > 1 && strcmp(argv[1], "--offload") == 0;
    argc -= offload;
    argv += offload;
    if (argc != 5)
        error(EXIT_USAGE, 0, "expected [--offload] NETNS_A NAME_A NETNS_B NAME_B");
    stop_on_signals();

    const int tuns[2] = {open_tun(argv[1], argv[2], offload), open_tun(argv[3], argv[4], offload)};
    int poller = epoll_create1(EPOLL_CLOEXEC);
    for (uint32_t i = 0; i < 2; i++) {
        struct epoll_event interest = {.events = EPOLLIN, .data.u32 = i};
        if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, tuns[i], &interest) < 0)
            error(EXIT_FAILURE, errno, "epoll");
    }
    puts("ready");
    fflush(stdout);
    forward(poller, tuns);
    return EXIT_SUCCESS;
}
