// Sends UDP datagrams as fast as sendmmsg goes, or at a rate, in many flows (one source port each), and prints as JSON
// how many.
//
//   udp_send [options] ADDRESS PORT
//     --size BYTES      IP packet, headers included (default 64)
//     --flows N         flows, one socket each (default 1)
//     --run N           packets of one flow before the next flow's turn (default 64)
//     --segments N      hand the kernel N datagrams in one buffer, UDP_SEGMENT (default 1: one each); divides --run
//     --rate PPS        packets a second over all flows; 0 is as fast as possible (default 0)
//     --duration S      seconds (default 1)
#include "common.h"

#include <getopt.h>
#include <linux/udp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { MAX_RUN = 1024, MAX_SEGMENTS = 64, MAX_BUFFER = 65507, UDP_HEADER = 8 };

static struct {
    int size, flows, run, segments;
    double rate, duration;
} option = {.size = 64, .flows = 1, .run = 64, .segments = 1, .rate = 0, .duration = 1};

static int payload_size;
static int sockets[MAX_FLOWS];
static uint32_t next_sequence[MAX_FLOWS];
static struct mmsghdr messages[MAX_RUN];   // one a buffer
static struct iovec buffers[MAX_RUN];

static void parse_options(int argc, char **argv)
{
    static const struct option names[] = {
        {"size", required_argument, NULL, 's'},     {"flows", required_argument, NULL, 'f'},
        {"run", required_argument, NULL, 'r'},      {"segments", required_argument, NULL, 'g'},
        {"rate", required_argument, NULL, 'p'},     {"duration", required_argument, NULL, 'd'},
        {NULL, 0, NULL, 0},
    };
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 's': option.size = (int)number("--size", optarg, 36, 65535); break;
        case 'f': option.flows = (int)number("--flows", optarg, 1, 50000); break;
        case 'r': option.run = (int)number("--run", optarg, 1, MAX_RUN); break;
        case 'g': option.segments = (int)number("--segments", optarg, 1, MAX_SEGMENTS); break;
        case 'p': option.rate = number("--rate", optarg, 0, 1e9); break;
        case 'd': option.duration = number("--duration", optarg, 0.001, 86400); break;
        default: exit(EXIT_USAGE);
        }
    }
    if (argc - optind != 2)
        error(EXIT_USAGE, 0, "expected ADDRESS PORT");
    if (option.run % option.segments != 0)
        error(EXIT_USAGE, 0, "--segments %d must divide --run %d", option.segments, option.run);
}

static void open_sockets(const char *address, const char *port)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *target;
    int failure = getaddrinfo(address, port, &hints, &target);
    if (failure != 0)
        error(EXIT_USAGE, 0, "%s port %s: %s", address, port, gai_strerror(failure));

    payload_size = option.size - UDP_HEADER - (target->ai_family == AF_INET6 ? 40 : 20);
    if (payload_size < (int)sizeof(struct mark) || payload_size * option.segments > MAX_BUFFER)
        error(EXIT_USAGE, 0, "--size %d with --segments %d: a datagram has 8 bytes of payload at least, a buffer %d at most",
              option.size, option.segments, MAX_BUFFER);

    struct rlimit files = {.rlim_cur = (rlim_t)option.flows + 16, .rlim_max = (rlim_t)option.flows + 16};
    if (option.flows > 1000 && setrlimit(RLIMIT_NOFILE, &files) < 0)
        error(EXIT_FAILURE, errno, "--flows %d: cannot open that many sockets", option.flows);
    for (int flow = 0; flow < option.flows; flow++) {
        sockets[flow] = socket(target->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (sockets[flow] < 0 || connect(sockets[flow], target->ai_addr, target->ai_addrlen) < 0)
            error(EXIT_FAILURE, errno, "flow %d to %s port %s", flow, address, port);
        if (option.segments > 1 &&
            setsockopt(sockets[flow], IPPROTO_UDP, UDP_SEGMENT, &payload_size, sizeof payload_size) < 0)
            error(EXIT_FAILURE, errno, "UDP_SEGMENT (Linux 4.18 or later)");
    }
    freeaddrinfo(target);
}

static void prepare_messages(void)
{
    size_t length = (size_t)payload_size * (size_t)option.segments;
    for (int i = 0; i < option.run / option.segments; i++) {
        buffers[i] = (struct iovec){calloc(1, length), length};
        if (buffers[i].iov_base == NULL)
            error(EXIT_FAILURE, errno, "buffers");
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &buffers[i], .msg_iovlen = 1};
    }
}

static void stamp_run(int flow)
{
    for (int packet = 0; packet < option.run; packet++) {
        char *buffer = buffers[packet / option.segments].iov_base;
        struct mark mark = {(uint32_t)flow, next_sequence[flow] + (uint32_t)packet};
        memcpy(buffer + packet % option.segments * payload_size, &mark, sizeof mark);
    }
}

// One turn of one flow. What the kernel refuses (a full queue) was not sent, and its sequence numbers are used again.
static int send_run(int flow)
{
    stamp_run(flow);
    int sent = sendmmsg(sockets[flow], messages, (unsigned)(option.run / option.segments), 0);
    if (sent < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EINTR && errno != ECONNREFUSED)
        error(EXIT_FAILURE, errno, "sendmmsg");
    int packets = sent < 0 ? 0 : sent * option.segments;
    next_sequence[flow] += (uint32_t)packets;
    return packets;
}

int main(int argc, char **argv)
{
    parse_options(argc, argv);
    open_sockets(argv[optind], argv[optind + 1]);
    prepare_messages();

    uint64_t sent = 0, begin = now_ns(), now = begin, end = begin + (uint64_t)(option.duration * 1e9);
    for (int flow = 0; now < end; flow = (flow + 1) % option.flows, now = now_ns()) {
        uint64_t due = option.rate > 0 ? begin + (uint64_t)((double)sent / option.rate * 1e9) : now;
        if (due >= end)
            break;
        if (due > now)
            sleep_until(due);
        sent += (uint64_t)send_run(flow);
    }
    printf("{\"packets_sent\": %lu, \"seconds\": %.6f, \"cpu_seconds\": %.6f}\n", sent, (double)(now_ns() - begin) / 1e9,
           cpu_seconds());
    return EXIT_SUCCESS;
}
