// Receives what udp_send sends, until SIGTERM says that no more is sent and nothing more has come for a while; then
// prints as JSON what came, and in which order.
//
//   udp_sink [options] ADDRESS PORT
//     --quiet S         after SIGTERM, end once this many seconds passed without a packet (default 0.3)
//
// Prints `ready` first. "late" counts packets that came after a higher number of their flow, "strangers" datagrams too
// short for a mark.
#include "common.h"

#include <getopt.h>
#include <linux/sock_diag.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

// A slot takes a packet's beginning only: MSG_TRUNC reports the whole length all the same.
enum { BATCH = 256, SLOT = 16, SOCKET_BUFFER = 64 << 20, PAUSE_NS = 500000 };

static uint32_t next_sequence[MAX_FLOWS];   // one past the highest number seen; 0 before any
static uint64_t packets, bytes, late, strangers;
static double quiet = 0.3;
static volatile sig_atomic_t all_sent;

static void note_all_sent(int signal_number)
{
    (void)signal_number;
    all_sent = 1;
}

static void parse_options(int argc, char **argv)
{
    static const struct option names[] = {
        {"quiet", required_argument, NULL, 'q'},
        {NULL, 0, NULL, 0},
    };
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 'q': quiet = number("--quiet", optarg, 0.001, 3600); break;
        default: exit(EXIT_USAGE);
        }
    }
    if (argc - optind != 2)
        error(EXIT_USAGE, 0, "expected ADDRESS PORT");
}

static int open_socket(const char *address, const char *port)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *local;
    int failure = getaddrinfo(address, port, &hints, &local);
    if (failure != 0)
        error(EXIT_USAGE, 0, "%s port %s: %s", address, port, gai_strerror(failure));
    int fd = socket(local->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, local->ai_addr, local->ai_addrlen) < 0)
        error(EXIT_FAILURE, errno, "%s port %s", address, port);
    freeaddrinfo(local);

    // The forwarder is measured, not this socket: give it room. FORCE passes rmem_max, and needs CAP_NET_ADMIN.
    int size = SOCKET_BUFFER;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return fd;
}

static void note(const char *datagram, unsigned length)
{
    struct mark mark;
    if (length < sizeof mark) {
        strangers++;
        return;
    }
    memcpy(&mark, datagram, sizeof mark);
    packets++;
    bytes += length;
    uint32_t *next = &next_sequence[mark.flow % MAX_FLOWS];
    if (mark.sequence >= *next)
        *next = mark.sequence + 1;
    else
        late++;
}

static void print_report(int fd, double seconds)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof memory;
    getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &length);
    uint64_t seen = 0;
    for (size_t i = 0; i < MAX_FLOWS; i++)
        seen += next_sequence[i] > 0;
    printf("{\"packets\": %lu, \"payload_bytes\": %lu, \"seconds\": %.6f, \"flows\": %lu, \"late\": %lu, "
           "\"strangers\": %lu, \"socket_drops\": %u, \"cpu_seconds\": %.6f}\n",
           packets, bytes, seconds, seen, late, strangers, memory[SK_MEMINFO_DROPS], cpu_seconds());
}

int main(int argc, char **argv)
{
    parse_options(argc, argv);
    int fd = open_socket(argv[optind], argv[optind + 1]);
    static char slots[BATCH][SLOT];
    struct mmsghdr messages[BATCH] = {0};
    struct iovec buffers[BATCH];
    for (int i = 0; i < BATCH; i++) {
        buffers[i] = (struct iovec){slots[i], SLOT};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &buffers[i], .msg_iovlen = 1};
    }
    struct sigaction action = {.sa_handler = note_all_sent};
    sigaction(SIGTERM, &action, NULL);
    puts("ready");
    fflush(stdout);

    uint64_t first = 0, last = 0, heard = 0;
    for (;;) {
        int count = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
        if (count < 0 && errno != EAGAIN && errno != EINTR)
            error(EXIT_FAILURE, errno, "recvmmsg");
        if (count <= 0) {
            heard = all_sent && heard == 0 ? now_ns() : heard;
            if (all_sent && (double)(now_ns() - (last > heard ? last : heard)) > quiet * 1e9)
                break;
            // Asleep in recvmmsg it would be woken for nearly every packet, at the cost of whoever delivers it.
            nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
            continue;
        }
        last = now_ns();
        first = first == 0 ? last : first;
        for (int i = 0; i < count; i++)
            note(slots[i], messages[i].msg_len);
    }
    print_report(fd, (double)(last - first) / 1e9);
    return EXIT_SUCCESS;
}
