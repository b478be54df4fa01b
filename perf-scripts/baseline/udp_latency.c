// Sends UDP datagrams at an even rate from one network namespace to another, each with the moment it left, and prints
// as JSON how long they took: one way, as both ends read the same clock (CLOCK_MONOTONIC).
//
//   udp_latency [options] NETNS_A NETNS_B ADDRESS PORT     (NETNS: a name under /run/netns; ADDRESS is NETNS_B's)
//     --size BYTES      IP packet, headers included (default 64)
//     --rate PPS        packets a second; 0 is as fast as possible (default 1000)
//     --duration S      seconds (default 1)
//
// One thread does both ends and never sleeps: it polls for what arrived until the next packet is due. So neither a
// timer's lateness nor the waking of a receiver is in the figures, only what lies between the sockets; and of two
// processors the other one is the forwarder's alone. A packet that could not leave in time, because the thread did not
// run, is left out and counted ("missed"): to send it late would be a burst. Times are from the moment of sending. A
// packet that left or arrived while the thread did not run is counted too ("blind"), but not timed.
#include "common.h"
#include "gap.h"
#include "histogram.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADERS = 28, MAX_PAYLOAD = 65507, GRACE_NS = 200000000, SOCKET_BUFFER = 8 << 20 };

struct stamp {
    uint64_t run;   // tells this run's packets from an earlier one's that were still on their way
    uint64_t sent_ns;
};

static struct {
    int size;
    double rate, duration;
} option = {.size = 64, .rate = 1000, .duration = 1};

static struct {
    uint64_t sent, received, missed, blind, strangers;
    struct histogram latency;
} result;

static struct gap gap;

static void parse_options(int argc, char **argv)
{
    static const struct option names[] = {
        {"size", required_argument, NULL, 's'},
        {"rate", required_argument, NULL, 'r'},
        {"duration", required_argument, NULL, 'd'},
        {NULL, 0, NULL, 0},
    };
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 's': option.size = (int)number("--size", optarg, HEADERS + sizeof(struct stamp), MAX_PAYLOAD); break;
        case 'r': option.rate = number("--rate", optarg, 0, 1e7); break;
        case 'd': option.duration = number("--duration", optarg, 0.001, 86400); break;
        default: exit(EXIT_USAGE);
        }
    }
    if (argc - optind != 4)
        error(EXIT_USAGE, 0, "expected NETNS_A NETNS_B ADDRESS PORT");
}

static struct sockaddr_in parse_address(const char *address, const char *port)
{
    struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number("PORT", port, 1, 65535))};
    if (inet_pton(AF_INET, address, &target.sin_addr) != 1)
        error(EXIT_USAGE, 0, "%s: expected an IPv4 address", address);
    return target;
}

// A socket belongs to the namespace in which it was made.
static int open_socket(const char *netns)
{
    char path[4096];
    snprintf(path, sizeof path, "/run/netns/%s", netns);
    int there = open(path, O_RDONLY | O_CLOEXEC);
    if (there < 0 || setns(there, CLONE_NEWNET) < 0)
        error(EXIT_FAILURE, errno, "network namespace %s", path);
    close(there);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        error(EXIT_FAILURE, errno, "socket in %s", path);
    return fd;
}

static void send_one(int fd, char *payload, uint64_t run)
{
    struct stamp stamp = {run, now_ns()};
    memcpy(payload, &stamp, sizeof stamp);
    if (send(fd, payload, (size_t)(option.size - HEADERS), 0) >= 0)
        result.sent++;
    else if (errno == ENOBUFS || errno == EAGAIN)
        result.missed++;
    else
        error(EXIT_FAILURE, errno, "send");
}

static void receive_one(int fd, uint64_t run)
{
    struct stamp stamp;
    ssize_t length = recv(fd, &stamp, sizeof stamp, 0);
    uint64_t now = now_ns();
    if (length < 0 && errno != EAGAIN)
        error(EXIT_FAILURE, errno, "recv");
    if (length < 0) {
        gap.backlog = false;
    } else if (length != sizeof stamp || stamp.run != run) {
        result.strangers++;
    } else {
        result.received++;
        if (gap_hides(&gap, stamp.sent_ns, now))
            result.blind++;
        else
            histogram_add(&result.latency, now - stamp.sent_ns);
    }
}

// Returns how long it sent, in nanoseconds.
static uint64_t exchange(int sender, int receiver)
{
    static char payload[MAX_PAYLOAD];
    uint64_t interval = option.rate > 0 ? (uint64_t)(1e9 / option.rate) : 0;
    uint64_t begin = now_ns(), end = begin + (uint64_t)(option.duration * 1e9), due = begin, now = begin;
    for (; now < end; now = now_ns()) {
        gap_turn(&gap, now);
        if (now >= due) {
            uint64_t late = interval > 0 ? (now - due) / interval : 0;
            result.missed += late;
            due += (late + 1) * interval;
            send_one(sender, payload, begin);
        }
        receive_one(receiver, begin);
    }
    for (; now < end + GRACE_NS && result.received < result.sent; now = now_ns()) {
        gap_turn(&gap, now);
        receive_one(receiver, begin);
    }
    return end - begin;
}

int main(int argc, char **argv)
{
    parse_options(argc, argv);
    struct sockaddr_in target = parse_address(argv[optind + 2], argv[optind + 3]);
    int receiver = open_socket(argv[optind + 1]), size = SOCKET_BUFFER;
    setsockopt(receiver, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);   // a flood should be lost in the forwarder
    if (bind(receiver, (struct sockaddr *)&target, sizeof target) < 0)
        error(EXIT_FAILURE, errno, "bind to %s port %s", argv[optind + 2], argv[optind + 3]);
    int sender = open_socket(argv[optind]);
    if (connect(sender, (struct sockaddr *)&target, sizeof target) < 0)
        error(EXIT_FAILURE, errno, "connect to %s port %s", argv[optind + 2], argv[optind + 3]);
    uint64_t elapsed = exchange(sender, receiver);
    printf("{\"packets_sent\": %lu, \"packets\": %lu, \"missed\": %lu, \"blind\": %lu, \"strangers\": %lu, "
           "\"seconds\": %.6f, \"load_cpu_seconds\": %.6f, ", result.sent, result.received, result.missed, result.blind,
           result.strangers, (double)elapsed / 1e9, cpu_seconds());
    histogram_print(&result.latency);
    puts("}");
    return EXIT_SUCCESS;
}
