// Sends UDP datagrams as fast as it goes, or at a rate, in many flows (one source port each), as finished packets through
// a packet socket: what plain UDP sockets would send (the checksum left to the device), for less than half of their
// processor time, so that the forwarder and not the sender is the limit. Prints as JSON how many.
//
//   packet_send [options] DEVICE SOURCE DESTINATION PORT      (a TUN device, IPv4 addresses)
//     --size BYTES|imix IP packet, headers included (default 64); imix: 64, 570 and 1400 bytes, 7:4:1
//     --flows N         flows (default 1)
//     --run N           packets of one flow before the next flow's turn (default 64)
//     --rate PPS        packets a second; 0 is as fast as possible (default 0)
//     --burst N         packets at a time (default 60)
//     --duration S      seconds (default 1)
#include "common.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>

enum { IMIX = 12, BATCH = 5 * IMIX, FIRST_PORT = 10000, MAX_PACKET = 1500 };

static const int imix[IMIX] = {64, 570, 64, 64, 570, 64, 1400, 64, 570, 64, 570, 64};

struct packet {
    struct virtio_net_hdr offload;
    struct iphdr ip;
    struct udphdr udp;
    struct mark mark;
    char rest[MAX_PACKET];
} __attribute__((packed));

static struct {
    int size, flows, run, burst;   // size 0: imix
    double rate, duration;
} option = {.size = 64, .flows = 1, .run = 64, .burst = BATCH, .duration = 1};

static struct packet packets[BATCH];
static struct iovec buffers[BATCH];
static struct mmsghdr messages[BATCH];
static uint32_t header_sums[BATCH], next_sequence[MAX_FLOWS];   // the header's is without its identification

static void parse_options(int argc, char **argv)
{
    static const struct option names[] = {
        {"size", required_argument, NULL, 's'}, {"flows", required_argument, NULL, 'f'},
        {"run", required_argument, NULL, 'r'}, {"rate", required_argument, NULL, 'p'},
        {"burst", required_argument, NULL, 'b'}, {"duration", required_argument, NULL, 'd'}, {NULL, 0, NULL, 0},
    };
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 's': option.size = strcmp(optarg, "imix") ? (int)number("--size", optarg, 36, MAX_PACKET) : 0; break;
        case 'f': option.flows = (int)number("--flows", optarg, 1, 50000); break;
        case 'r': option.run = (int)number("--run", optarg, 1, 1e6); break;
        case 'p': option.rate = number("--rate", optarg, 0, 1e9); break;
        case 'b': option.burst = (int)number("--burst", optarg, 1, BATCH); break;
        case 'd': option.duration = number("--duration", optarg, 0.001, 86400); break;
        default: exit(EXIT_USAGE);
        }
    }
    if (argc - optind != 4)
        error(EXIT_USAGE, 0, "expected DEVICE SOURCE DESTINATION PORT");
}

static int open_socket(const char *device)
{
    int one = 1, fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
                               .sll_ifindex = (int)if_nametoindex(device)};
    if (fd < 0 || link.sll_ifindex == 0 || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one) < 0 ||
        bind(fd, (struct sockaddr *)&link, sizeof link) < 0)
        error(EXIT_FAILURE, errno, "a packet socket on %s", device);
    return fd;
}

static uint32_t sum_of(const void *words, size_t length)
{
    uint32_t sum = 0;
    uint16_t word;
    for (size_t i = 0; i < length; i += sizeof word, sum += word)
        memcpy(&word, (const char *)words + i, sizeof word);
    return sum;
}

static uint16_t folded(uint32_t sum)
{
    sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)(sum + (sum >> 16));
}

static void prepare_packets(const char *source, const char *destination, int port)
{
    struct in_addr from, to;
    if (inet_pton(AF_INET, source, &from) != 1 || inet_pton(AF_INET, destination, &to) != 1)
        error(EXIT_USAGE, 0, "%s to %s: expected IPv4 addresses", source, destination);
    for (int i = 0; i < BATCH; i++) {
        struct packet *packet = &packets[i];
        uint16_t size = (uint16_t)(option.size > 0 ? option.size : imix[i % IMIX]);
        uint16_t length = htons((uint16_t)(size - sizeof(struct iphdr))), to_port = htons((uint16_t)port);
        packet->offload = (struct virtio_net_hdr){
            .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = sizeof(struct iphdr),
            .csum_offset = offsetof(struct udphdr, check), .hdr_len = sizeof(struct iphdr) + sizeof(struct udphdr)};
        packet->ip = (struct iphdr){.version = 4, .ihl = 5, .tot_len = htons(size), .frag_off = htons(IP_DF), .ttl = 64,
                                    .protocol = IPPROTO_UDP, .saddr = from.s_addr, .daddr = to.s_addr};
        header_sums[i] = sum_of(&packet->ip, sizeof packet->ip);
        // The checksum is the pseudo header's sum: who finishes it starts from that.
        uint32_t pseudo_header = sum_of(&packet->ip.saddr, 8) + htons(IPPROTO_UDP) + length;
        packet->udp = (struct udphdr){.dest = to_port, .len = length, .check = folded(pseudo_header)};
        buffers[i] = (struct iovec){packet, sizeof packet->offload + size};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &buffers[i], .msg_iovlen = 1};
    }
}

// Which flow is next, and which of its packets: a flow's turn is a run.
static void stamp_burst(void)
{
    static int flow, in_run;
    for (int i = 0; i < option.burst; i++) {
        uint32_t sequence = next_sequence[flow]++;
        packets[i].ip.id = htons((uint16_t)sequence);
        packets[i].ip.check = (uint16_t)~folded(header_sums[i] + packets[i].ip.id);
        packets[i].udp.source = htons((uint16_t)(FIRST_PORT + flow));
        packets[i].mark = (struct mark){(uint32_t)flow, sequence};
        in_run = (in_run + 1) % option.run;
        flow = (flow + (in_run == 0)) % option.flows;
    }
}

int main(int argc, char **argv)
{
    parse_options(argc, argv);
    int fd = open_socket(argv[optind]);
    int port = (int)number("PORT", argv[optind + 3], 1, 65535);
    prepare_packets(argv[optind + 1], argv[optind + 2], port);

    uint64_t sent = 0, begin = now_ns(), end = begin + (uint64_t)(option.duration * 1e9);
    uint64_t interval = option.rate > 0 ? (uint64_t)(option.burst / option.rate * 1e9) : 0;
    // A burst that is late is not made up for.
    for (uint64_t due = begin; due < end; due = due + interval > now_ns() ? due + interval : now_ns()) {
        stamp_burst();
        if (interval > 0)
            sleep_until(due);
        for (int done = 0; done < option.burst;) {
            int count = sendmmsg(fd, messages + done, (unsigned)(option.burst - done), 0);
            if (count < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
                error(EXIT_FAILURE, errno, "sendmmsg");
            done += count < 0 ? 1 : count;   // what the kernel refuses (a full queue) was not sent
            sent += count < 0 ? 0 : (uint64_t)count;
        }
    }
    double seconds = (double)(now_ns() - begin) / 1e9;
    printf("{\"packets_sent\": %lu, \"seconds\": %.6f, \"cpu_seconds\": %.6f}\n", sent, seconds, cpu_seconds());
    return EXIT_SUCCESS;
}
